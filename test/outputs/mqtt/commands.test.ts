import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createCommands, detectionCommand } from '../../../src/outputs/mqtt/commands.js'
import { memoryLog } from '../../fixtures/camera.js'
import { controlsFixture } from '../../fixtures/controls.js'

function start() {
  const log = memoryLog()
  const controls = controlsFixture()
  const commands = [detectionCommand('squint', 'detection', controls)]
  const heard = createCommands({ commands, log })
  const hear = (payload: string, topic = 'squint/porch/detection/set', retained = false) =>
    heard(topic, Buffer.from(payload), retained)
  return { log, controls, hear }
}

t.test('a command is obeyed, however it is written', async t => {
  const { log, controls, hear } = start()
  hear('OFF')
  t.equal(controls.detection('porch'), false)
  hear('on\n')
  await turn()
  t.equal(controls.detection('porch'), true)
  t.same(log.lines, [])
})

t.test('of commands that come while one is obeyed, the last one counts', async t => {
  const log = memoryLog()
  const said: string[] = []
  const waiting: (() => void)[] = []
  const heard = createCommands({
    commands: [
      {
        filter: 'on/+',
        pattern: /^on\/(.*)$/,
        expected: 'anything',
        read: (payload, camera) => async () => {
          said.push(`${camera} ${payload}`)
          await new Promise<void>(resolve => waiting.push(resolve))
          if (payload === '0') throw new Error('it failed')
        },
      },
    ],
    log,
  })
  for (let i = 0; i < 1000; i++) heard('on/porch', Buffer.from(`${i}`), false)
  heard('on/yard', Buffer.from('x'), false)
  t.same(said, ['porch 0', 'yard x'], 'topics do not wait for each other')
  for (const go of waiting.splice(0)) go()
  await turn()
  t.same(said, ['porch 0', 'yard x', 'porch 999'], 'a failure stops nothing')
  t.match(log.lines, [{ message: 'an MQTT command failed' }])
  for (const go of waiting.splice(0)) go()
  await turn()
  heard('on/porch', Buffer.from('later'), false)
  t.equal(said.at(-1), 'porch later')
})

t.test('what is wrong is told with topic and expectation, and changes nothing', async t => {
  const { log, controls, hear } = start()
  hear('maybe')
  t.match(log.lines, [
    {
      message: 'an MQTT command is not understood',
      fields: { topic: 'squint/porch/detection/set', expected: 'ON or OFF', found: 'maybe' },
    },
  ])
  hear('OFF'.padEnd(1000))
  t.equal(controls.detection('porch'), true, 'too long')
  t.match(log.lines[1]!.fields, { found: 'OFF'.padEnd(64) })
  hear('OFF', 'squint/elsewhere/set')
  t.equal(log.lines.length, 2, 'topics of others are nobody else’s')
})

t.test('a camera that there is none of is told', async t => {
  const { log, hear } = start()
  hear('OFF', 'squint/attic/detection/set')
  await turn()
  t.match(log.lines, [{ message: 'an MQTT command failed', fields: { code: 'CAMERA_UNKNOWN' } }])
})

t.test('a retained command is ignored: nobody gives it now', async t => {
  const { log, controls, hear } = start()
  hear('OFF', 'squint/porch/detection/set', true)
  t.equal(controls.detection('porch'), true)
  t.match(log.lines, [{ message: 'a retained MQTT command is ignored' }])
})

t.test('nonsense in a loop does not fill the log', async t => {
  const { log, hear } = start()
  for (let i = 0; i < 1000; i++) hear('x')
  t.equal(log.lines.length, 10)
})
