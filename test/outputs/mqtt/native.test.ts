import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { createNative } from '../../../src/outputs/mqtt/native.js'
import { eventFixture } from '../../fixtures/event.js'
import { mqttOptions, statsFixture } from '../../fixtures/mqtt-sources.js'

async function start(config: Record<string, unknown> = {}) {
  const { options, controls, log } = await mqttOptions({ url: 'mqtt://nowhere', ...config })
  const asked: string[] = []
  const layer = createNative({
    config: options.config,
    sources: options,
    log,
    onStill: camera => asked.push(`still ${camera}`),
    onBirth: () => asked.push('birth'),
    onAnnounced: () => asked.push('announced'),
  })
  const hear = (topic: string, payload: string, retained = false) =>
    layer.heard(topic, Buffer.from(payload), retained)
  return { layer, controls, log, asked, hear }
}

t.test('the budget takes watts within bounds, and None', async t => {
  const { controls, log, hear } = await start()
  hear('squint/budget/watts/set', '0.5')
  t.equal(controls.budget().watts, 0.5)
  for (const wrong of ['', 'x', '0', '1001', '-1', 'NaN', 'Infinity'])
    hear('squint/budget/watts/set', wrong)
  t.equal(controls.budget().watts, 0.5)
  t.match(log.lines[0], { fields: { expected: 'watts from 0.01 to 1000, or None' } })
  await turn()
  hear('squint/budget/watts/set', 'None')
  t.equal(controls.budget().watts, null)
})

t.test('a picture is taken of a camera that there is', async t => {
  const { asked, log, hear } = await start()
  hear('squint/porch/still/set', 'PRESS')
  hear('squint/attic/still/set', 'PRESS')
  hear('squint/porch/still/set', 'please')
  await turn()
  t.same(asked, ['still porch'])
  t.equal(log.lines.length, 2)
})

t.test("Home Assistant's start is heard when it happens", async t => {
  const { asked, hear } = await start()
  hear('homeassistant/status', 'online', true)
  hear('homeassistant/status', 'offline')
  t.same(asked, [])
  hear('homeassistant/status', 'online')
  t.same(asked, ['birth'])
  hear('homeassistant/device/other/config', '{}', true)
  hear('homeassistant/device/squint/config', '{}')
  t.same(asked, ['birth'], 'neither others nor its own words')
})

t.test('without discovery nothing is said to Home Assistant, and nothing heard of it', async t => {
  const { layer } = await start({ discovery: false, prefix: 'a/b' })
  t.same(
    [...layer.states().keys()],
    [
      'a/b/budget/state',
      'a/b/budget/watts/state',
      'a/b/porch/detection/state',
      'a/b/yard/detection/state',
    ],
  )
  t.ok(layer.subscriptions.every(filter => filter.startsWith('a/b/')))
})

t.test('what is not known is null', async t => {
  const { layer } = await start()
  const stats = layer.stats({
    ...statsFixture,
    power: { watts: 0, meter: { reading: null } },
    board: { celsius: null, throttled: null },
  })
  t.same(JSON.parse(stats.get('squint/stats')!), {
    watts: 0,
    meterWatts: null,
    celsius: null,
    throttled: null,
  })
  t.same(JSON.parse(stats.get('squint/yard/stats')!), { fps: 0, millijoulesPerFrame: null })
})

t.test(
  'the picture of a label that is no event label any more has only the camera’s topic',
  async t => {
    const { layer } = await start()
    t.same(layer.pictures(eventFixture({ label: 'bear' })), ['squint/porch/snapshot'])
  },
)
