/** A service with everything switched on, as its users meet it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { parseConfig } from '../../src/config/load.js'
import { startService } from '../../src/main.js'
import { SquintClient } from '../../src/outputs/client/squint-client.js'
import { startBroker } from '../fixtures/broker.js'
import { until } from '../fixtures/camera.js'
import { startInferenceServer } from '../fixtures/inference-server.js'
import { photoPath } from '../fixtures/photos.js'
import { startReceiver } from '../fixtures/receiver.js'

/** A folder with a photo to replay, and one in which services keep their state. */
function prepare(t: Test): string {
  const folder = t.testdir({ photos: { 'a.jpg': t.fixture('symlink', photoPath(6)) }, state: {} })
  process.env.STATE_DIRECTORY = join(folder, 'state')
  t.teardown(() => delete process.env.STATE_DIRECTORY)
  return folder
}

/** A service, and what it has logged. */
async function start(t: Test, folder: string, config: object) {
  const lines: string[] = []
  const stream = new PassThrough().on('data', line => lines.push(String(line)))
  const replay = { type: 'replay', path: join(folder, 'photos'), fps: 10, loop: true }
  const cameras = [
    { ...replay, id: 'porch' },
    { id: 'demo', type: 'demo' },
  ]
  const whole = parseConfig({ server: { port: 0 }, cameras, ...config }, {}, 'test')
  const service = await startService(whole, pino(stream))
  // before the folder is removed, if the test comes to its end
  t.teardown(service.close)
  const get = (path: string) => fetch(service.url + path)
  const json = async (path: string) => JSON.parse(await (await get(path)).text())
  return { get, json, logged: (text: string) => lines.some(line => line.includes(text)), service }
}

const widthOf = (jpeg: Buffer): number =>
  jpeg.readUInt16BE(jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 7)

t.test('what is seen is kept with its picture, drawn, exported and told', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen()
  const receiver = await startReceiver(t)
  const { get, json, service } = await start(t, prepare(t), {
    mqtt: { url: broker.url },
    webhooks: [{ url: receiver.url }],
    events: { cameras: { porch: { labels: { person: {} } } } },
  })
  for (const camera of ['porch', 'demo']) {
    await until(
      async () => (await json(`/api/events?camera=${camera}&limit=1`)).events[0]?.hasSnapshot,
    )
    const [event] = (await json(`/api/events?camera=${camera}&limit=1`)).events
    const kept = Buffer.from(
      await (await get(`/api/events/${event.id}/snapshot.jpeg`)).arrayBuffer(),
    )
    t.equal(widthOf(kept), event.best.width, `${camera}: as large as it was looked at`)
    const drawn = await get(`/api/events/${event.id}/snapshot.jpeg?boxes=1`)
    t.equal(drawn.status, 200)
    t.notOk(kept.equals(Buffer.from(await drawn.arrayBuffer())), 'the box is in it')
    const still = await get(`/api/cameras/${camera}/frame.jpeg?boxes=1`)
    t.ok(widthOf(Buffer.from(await still.arrayBuffer())) > 300)
  }
  t.ok((await json('/api/events/export.coco.json')).annotations.length > 0)
  await receiver.until(1)
  await until(() => Number(listener.last('squint/porch/person')) > 0)

  // one who is content with less gets a narrower picture
  const client = new SquintClient({ url: service.url, WebSocket })
  t.teardown(() => client.close())
  for await (const { jpeg } of client.frames('porch', { width: 320 })) {
    t.equal(widthOf(Buffer.from(jpeg)), 320)
    break
  }

  const masks = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
  ]
  const drawn = await fetch(`${service.url}/api/cameras/porch/drawing`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ zones: [], masks }),
  })
  t.equal(drawn.status, 200)
  await until(async () => (await json('/api/cameras/porch/detections')).detections.length === 0)
  await service.close()
})

t.test('an expert on a server is asked while it is there, and the log says when not', async t => {
  const server = await startInferenceServer(t)
  const { json, logged, service } = await start(t, prepare(t), {
    cascade: { expert: { remote: server.url, model: 'shared' }, policy: { refreshSeconds: 1 } },
  })
  await until(() => logged('the expert on the server is asked'))
  await until(async () => (await json('/api/cameras/porch/detections')).exit?.expert === 'remote')
  await server.stop()
  await until(() => logged('the expert on the server is not asked'))
  await until(async () => (await json('/api/cameras/porch/detections')).exit?.expert === 'local')
  await service.close()
})

t.test(
  'events outlive a restart; what clients have changed is put aside if it is torn',
  async t => {
    const folder = prepare(t)
    const before = await start(t, folder, {})
    await until(async () => (await before.json('/api/events')).events.length > 0)
    const { events } = await before.json('/api/events')
    await before.service.reload()
    t.match(await before.json('/api/configuration'), { file: null, error: null })
    await before.service.close()

    const controls = join(folder, 'state', 'controls.json')
    writeFileSync(controls, '{"detectionOff":')
    const after = await start(t, folder, {})
    t.ok(after.logged('what clients have changed before is lost'))
    t.match(await after.json(`/api/events/${events[0].id}`), { label: 'person' })
    await until(async () => (await after.json('/api/events')).events[0].id > events[0].id)
    await after.service.close()
  },
)
