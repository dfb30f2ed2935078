/** A clock that jumps while the service runs changes what things are labelled with, and nothing else. */
import { join } from 'node:path'
import t from 'tap'
import { WebSocket } from 'ws'
import { parseConfig } from '../../src/config/load.js'
import { createLog } from '../../src/lib/log.js'
import { startService } from '../../src/main.js'
import { SquintClient } from '../../src/outputs/client/squint-client.js'
import { startBroker } from '../fixtures/broker.js'
import { until } from '../fixtures/camera.js'
import { photoPath } from '../fixtures/photos.js'
import { startReceiver } from '../fixtures/receiver.js'
import { wallClock } from '../fixtures/wall-clock.js'

const HOUR = 3_600_000
const YEAR = 365.25 * 24 * HOUR

t.test('fifty years back, fifty ahead, an hour to and fro', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/events')
  const receiver = await startReceiver(t)
  const folder = t.testdir({ photos: { 'a.jpg': t.fixture('symlink', photoPath(6)) }, state: {} })
  process.env.STATE_DIRECTORY = join(folder, 'state')
  t.teardown(() => delete process.env.STATE_DIRECTORY)
  const clock = wallClock(t)
  const config = parseConfig(
    {
      server: { port: 0 },
      cameras: [{ id: 'porch', type: 'replay', path: join(folder, 'photos'), fps: 10, loop: true }],
      events: { labels: { person: { minSeconds: 0 } }, journal: { maxDays: 1 } },
      mqtt: { url: broker.url },
      webhooks: [{ url: receiver.url }],
    },
    {},
    'test',
  )
  const service = await startService(config, createLog('error'))
  t.teardown(service.close)
  const json = async (path: string) => JSON.parse(await (await fetch(service.url + path)).text())
  const client = new SquintClient({ url: service.url, WebSocket })
  t.teardown(() => client.close())
  let seen = 0
  client.subscribe('porch', { video: true })
  client.on('frame', frame => {
    seen += 1
    frame.done()
  })
  const toggle = async (detection: boolean) =>
    fetch(`${service.url}/api/cameras/porch/detection`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ enabled: detection }),
    })
  const idsInOrder = async (): Promise<string[]> =>
    (await json('/api/events?limit=200')).events.map(({ id }: { id: string }) => id).reverse()
  const years: number[] = []
  let known: string[] = []

  for (const ahead of [0, -50 * YEAR, 50 * YEAR, HOUR, -HOUR, 0]) {
    clock.set(ahead)
    const before = seen
    // events end, and others begin
    t.equal((await toggle(false)).status, 200)
    await until(async () => (await json('/api/events?limit=1')).events[0]?.endedAt !== null)
    t.equal((await toggle(true)).status, 200)
    await until(async () => (await idsInOrder()).length > known.length, 'a new event')
    await until(() => seen > before + 5, 'frames')
    const { status } = (await json('/api/stats')).cameras[0]
    t.match(status, { state: 'streaming', restarts: 0, error: null })
    const ids = await idsInOrder()
    t.same(ids.slice(0, known.length), known, 'nothing is forgotten, and the order stays')
    t.same([...ids].sort(), ids, 'ids sort as things came')
    known = ids
    const [{ startedAt }] = (await json('/api/events?limit=1')).events
    years.push(new Date(startedAt).getUTCFullYear() - new Date().getUTCFullYear())
  }
  t.match(years.map(Math.round), [0, -50, 50, 0, 0, 0], 'but labels tell what the clock told')
  const told = (text: string) => JSON.parse(text).event.id
  const newest = known.at(-1)
  await until(() => listener.heard.some(({ text }) => told(text) === newest), 'MQTT')
  await until(() => receiver.received.some(({ body }) => told(body) === newest), 'a webhook')
  t.match((await json('/api/stats')).events, {
    mqtt: [{ dropped: 0, connected: true }],
    webhooks: [{ failed: 0, dropped: 0 }],
    journal: { error: null, unwritten: 0, damaged: 0 },
  })
})
