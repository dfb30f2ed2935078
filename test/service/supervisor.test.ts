import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openSupervisor, type SupervisorOptions } from '../../src/service/supervisor.js'
import { memoryLog, until } from '../fixtures/camera.js'
import { type NotifySocket, openNotifySocket } from '../fixtures/notify-socket.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { statusFixture } from '../fixtures/status.js'
import { tinyYuv } from '../fixtures/yuv.js'

/** Microseconds; a message is due after a third of it. */
const WATCHDOG_USEC = '1500000'

/** A supervisor of one camera, and what systemd hears. */
async function open(t: Test, options: Partial<SupervisorOptions> = {}, usec = WATCHDOG_USEC) {
  const socket = await openNotifySocket(t)
  const log = memoryLog()
  const camera = pushCamera()
  t.teardown(camera.close)
  const supervisor = openSupervisor({
    cameras: new Map([['porch', camera]]),
    log,
    environment: { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: usec },
    ...options,
  })
  t.teardown(supervisor.close)
  return { supervisor, camera, log, ...socket }
}

const pings = (heard: NotifySocket['heard']) => heard.filter(({ text }) => /^WATCHDOG=1/.test(text))

t.test('systemd is told that it can begin, that we live, how we are, and that we stop', async t => {
  const yard = { code: 'CAMERA_STALLED', message: 'no picture' } as const
  const cameras = new Map(
    [
      statusFixture(),
      statusFixture({ id: 'yard', state: 'waiting', error: yard }),
      statusFixture({ id: 'album', state: 'ended' }),
    ].map(status => [status.id, { id: status.id, status: () => status }]),
  )
  const { supervisor, heard, log } = await open(t, { cameras })
  await sleep(600)
  t.same(heard, [], 'nothing before it is ready')
  supervisor.ready()
  await until(() => pings(heard).length === 3)
  const status = 'STATUS=1 of 3 cameras give frames; yard: CAMERA_STALLED; album: ended'
  t.equal(heard[0]?.text, `READY=1 ${status}`)
  t.equal(heard[1]?.text, `WATCHDOG=1 ${status}`)
  const [first, , third] = pings(heard)
  const apart = (third!.at - first!.at) / 2
  t.ok(apart > 300 && apart < 1500, `several in the watchdog's time, found ${apart} ms apart`)
  await supervisor.close()
  await until(() => heard.at(-1)?.text === 'STOPPING=1 STATUS=stops')
  const told = heard.length
  await sleep(800)
  t.equal(heard.length, told, 'nothing after it')
  t.same(log.lines, [])
})

t.test('while the event loop is blocked, and once it was, the watchdog hears nothing', async t => {
  const { supervisor, heard, log } = await open(t)
  supervisor.ready()
  await until(() => pings(heard).length === 2)
  // what is under way arrives
  await sleep(200)
  const from = Date.now()
  while (Date.now() < from + 1500);
  const to = Date.now()
  await until(() => pings(heard).some(({ at }) => at > to))
  t.same(
    pings(heard).filter(({ at }) => at > from && at < to + 400),
    [],
  )
  t.match(log.lines, [{ level: 'warn', fields: { worstLagMs: Number } }])
  t.equal(log.lines.length, 1)
})

t.test('while frames come and none is looked at, the watchdog hears nothing', async t => {
  const { supervisor, camera, heard, log } = await open(t, { maxWaitingMs: 300 })
  supervisor.ready()
  const pushing = setInterval(() => camera.push(tinyYuv()), 50)
  t.teardown(() => clearInterval(pushing))
  const take = () => setInterval(() => void camera.next(), 50)
  let taking = take()
  t.teardown(() => clearInterval(taking))
  await until(() => pings(heard).length === 2)
  clearInterval(taking)
  await until(() => log.lines.length === 2)
  t.match(log.lines[1], { message: /^too slow/, fields: { waitingMs: Number } })
  const told = pings(heard).length
  t.ok(told <= 3, 'one may have been on its way')
  taking = take()
  await until(() => pings(heard).length > told)
})

t.test('one that cannot be told is said once in the log', async t => {
  const { supervisor, log, heard, path } = await open(t)
  process.env.NOTIFY_SOCKET = `${path}.gone`
  supervisor.ready()
  await sleep(1300)
  t.match(log.lines, [{ message: 'systemd was not told how the service is' }])
  t.equal(log.lines.length, 1)
  process.env.NOTIFY_SOCKET = path
  await until(() => pings(heard).length === 1)
  process.env.NOTIFY_SOCKET = `${path}.gone`
  await until(() => log.lines.length === 2)
})

t.test('without systemd nothing is started, and nobody waits', async t => {
  const children = () => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
  const before = children()
  const supervisor = openSupervisor({ cameras: new Map(), log: memoryLog(), environment: {} })
  supervisor.ready()
  t.equal(children(), before)
  await supervisor.close()
})

t.test('without a watchdog systemd is told all the same', async t => {
  const { supervisor, heard } = await open(t, {}, '')
  supervisor.ready()
  await until(() => heard.length === 1)
  t.match(heard[0], { text: /^READY=1/ })
})
