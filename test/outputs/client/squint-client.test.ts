import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import {
  type CameraEvent,
  SquintClient,
  type SquintClientError,
  type VideoFrame,
  type View,
} from '../../../src/outputs/client/squint-client.js'
import { encodeFrame } from '../../../src/outputs/ws/messages.js'
import { until } from '../../fixtures/camera.js'
import { eventFixture } from '../../fixtures/event.js'
import { resultFixture } from '../../fixtures/result.js'
import { jpegPicture, serveSockets } from '../../fixtures/socket-service.js'

const picture = jpegPicture(100)

function connect(t: Test, url: string, options: object = {}) {
  const client = new SquintClient({ url, WebSocket, ...options })
  t.teardown(() => client.close())
  return client
}

t.test('listeners hear of cameras, results, events and frames; done() brings the next', async t => {
  const { camera, hub, live, url } = await serveSockets(t, { statusMs: 20 })
  const client = connect(t, url)
  const heard: string[] = []
  client.on('hello', ({ version, cameras }) => heard.push(`${version} ${cameras[0]?.id}`))
  let states = 0
  client.on('camera', () => states++)
  client.on('result', ({ frame }) => heard.push(`result ${frame.id}`))
  client.on('event', ({ change, event }) => heard.push(`${change} ${event.label}`))
  const frames: VideoFrame[] = []
  client.on('frame', frame => frames.push(frame))
  client.followEvents(['porch'])
  const porch = client.subscribe('porch', { video: true })
  t.throws(() => client.subscribe('porch'), { code: 'SUBSCRIBED' })
  await until(() => live.status().viewers === 1 && states > 0)
  hub.publish(resultFixture())
  hub.happened?.({ type: 'start', event: eventFixture(), before: null })
  await until(() => heard.length === 3)
  t.same(heard, ['1.2.3 porch', 'result 7', 'start person'])
  for (let i = 1; i <= 4; i++) {
    camera.push(picture)
    await sleep(20)
  }
  t.same(
    frames.map(({ id }) => id),
    [1, 2],
  )
  t.same(Buffer.from(frames[0]!.jpeg), picture.data)
  t.ok(Math.abs(frames[0]!.capturedWallMs - Date.now()) < 60_000)
  frames[0]?.done()
  frames[0]?.done()
  await until(() => frames.length === 3)
  t.equal(frames[2]?.id, 4, 'the newest, at once')
  camera.push(picture)
  await sleep(20)
  t.equal(frames.length, 3, 'done twice is done once')
  porch.unsubscribe()
  porch.unsubscribe()
  await until(() => live.status().viewers === 0)
  frames[1]?.done()
  client.unfollowEvents()
  client.subscribe('porch')
})

t.test('frames that nobody listens to hold nothing up', async t => {
  const { camera, live, url } = await serveSockets(t)
  const client = connect(t, url)
  client.subscribe('porch', { video: true, results: false, credit: 1, width: 640 })
  await until(() => live.status().viewers === 1)
  for (let i = 0; i < 5; i++) {
    camera.push(picture)
    await sleep(20)
  }
  t.equal(live.status().dropped, 0)
})

t.test('what is no message of ours, or comes too late, is left out', async t => {
  const server = new WebSocketServer({ port: 0 })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const client = connect(t, `http://127.0.0.1:${address.port}`)
  t.teardown(() => {
    client.close()
    server.close()
  })
  const [socket]: WebSocket[] = await once(server, 'connection')
  const heard: unknown[] = []
  client.on('frame', frame => heard.push(frame))
  client.on('result', result => heard.push(result))
  client.on('hello', hello => heard.push(hello.version))
  socket?.send('{"type":"result","result":{}}')
  socket?.send('{')
  socket?.send(Buffer.from('no frame'))
  const frame = { camera: 'yard', id: 1, capturedWallMs: 1, jpeg: new Uint8Array(3) }
  socket?.send(encodeFrame({ ...frame, width: 1, fullWidth: 1 }))
  socket?.send('{"type":"hello","version":"9","cameras":[]}')
  await until(() => heard.length > 0)
  t.same(heard, ['9'])
})

t.test('a loop gets frames for as long as it runs, and a slow one never an old one', async t => {
  const { camera, live, url } = await serveSockets(t)
  const client = connect(t, `${url}/`)
  const seen: number[] = []
  const ages: number[] = []
  const pushing = setInterval(() => camera.push(picture), 20)
  for await (const frame of client.frames('porch')) {
    seen.push(frame.id)
    ages.push(Date.now() - frame.capturedWallMs)
    await sleep(200)
    if (seen.length === 5) break
  }
  clearInterval(pushing)
  t.ok(Math.max(...ages) < 190, `${ages.map(Math.round)}`)
  t.ok(seen[4]! - seen[0]! > 20, `${seen}`)
  await until(() => live.status().viewers === 0)
  client.subscribe('porch')
})

t.test('a view is a frame with its own result, or with none', async t => {
  const { camera, hub, live, url } = await serveSockets(t)
  const client = connect(t, url)
  const { frame } = resultFixture()
  const tell = (id: number) => hub.publish(resultFixture({ frame: { ...frame, id } }))
  const views: View[] = []
  const looking = (async () => {
    for await (const view of client.views('porch', { waitMs: 5000 })) views.push(view)
  })()
  await until(() => live.status().viewers === 1)
  camera.push(picture)
  await sleep(20)
  tell(1)
  await until(() => views.length === 1)
  tell(2)
  camera.push(picture)
  await until(() => views.length === 2)
  camera.push(picture)
  await sleep(20)
  tell(4)
  await until(() => views.length === 3)
  t.same(
    views.map(view => [view.frame.id, view.result?.frame.id]),
    [
      [1, 1],
      [2, 2],
      [3, undefined],
    ],
  )
  client.close()
  await looking
})

t.test('after a restart of the service everything is asked for anew', async t => {
  const one = await serveSockets(t)
  const client = connect(t, one.url)
  const frames: VideoFrame[] = []
  const events: CameraEvent[] = []
  let lost = 0
  client.on('lost', ({ reason, retryAt }) => {
    lost++
    t.equal(reason.code, 'LOST')
    t.ok(retryAt > performance.now())
  })
  client.on('event', ({ event }) => events.push(event))
  client.on('frame', frame => frames.push(frame))
  client.followEvents()
  client.subscribe('porch', { video: true, credit: 1 })
  await until(() => one.live.status().viewers === 1)
  one.camera.push(picture)
  await until(() => frames.length === 1)
  await one.close()
  await until(() => lost > 0)
  const two = await serveSockets(t, { port: Number(new URL(one.url).port) })
  client.hurry()
  await until(() => two.live.status().viewers === 1)
  frames[0]?.done()
  for (let i = 0; i < 3; i++) {
    two.camera.push(picture)
    await sleep(20)
  }
  t.equal(frames.length, 2, 'credit of the old connection is void')
  two.hub.happened?.({ type: 'end', event: eventFixture(), before: null })
  await until(() => events.length === 1)
})

t.test('what the service objects to ends the loop that it is about, with its code', async t => {
  const { url } = await serveSockets(t)
  const client = connect(t, url)
  const errors: SquintClientError[] = []
  client.on('error', error => errors.push(error))
  const loop = client.frames('cellar')
  await t.rejects(loop.next(), { name: 'SquintClientError', code: 'CAMERA_UNKNOWN' })
  client.followEvents(['cellar'])
  await until(() => errors.length === 2)
  t.same(
    errors.map(({ code }) => code),
    ['CAMERA_UNKNOWN', 'CAMERA_UNKNOWN'],
  )
})

t.test('signals end a loop, or the client', async t => {
  const { hub, live, url } = await serveSockets(t)
  const life = new AbortController()
  const client = connect(t, url, { signal: life.signal })
  const leaving = new AbortController()
  const loop = client.frames('porch', { signal: leaving.signal, results: true, width: 320 })
  const next = loop.next()
  await until(() => live.status().viewers === 1)
  leaving.abort()
  t.same(await next, { done: true, value: undefined })
  await until(() => live.status().viewers === 0)
  t.ok((await client.frames('porch', { signal: leaving.signal }).next()).done)
  const other = client.frames('porch').next()
  await until(() => live.status().viewers === 1)
  life.abort()
  t.ok((await other).done)
  await until(() => hub.status().clients === 0)
  t.throws(() => client.subscribe('porch'), { code: 'CLOSED' })
  const stillborn = connect(t, url, { signal: AbortSignal.abort() })
  t.throws(() => stillborn.subscribe('porch'), { code: 'CLOSED' })
})

t.test('the token goes along', async t => {
  const { hub, url } = await serveSockets(t, { token: 'secret-of-the-porch' })
  const losses: string[] = []
  connect(t, url).on('lost', ({ reason }) => losses.push(reason.message))
  connect(t, `${url}/api/ws?x=1`, { token: 'secret-of-the-porch' })
  await until(() => hub.status().clients === 1 && losses.length === 1)
  t.match(losses[0], /401/)
})

t.test('without a WebSocket of the platform one must be given', async t => {
  const { url } = await serveSockets(t)
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket')
  Object.defineProperty(globalThis, 'WebSocket', { value: undefined, configurable: true })
  t.throws(() => new SquintClient({ url }), /pass that of `ws`/)
  Object.defineProperty(globalThis, 'WebSocket', { value: WebSocket, configurable: true })
  const client = new SquintClient({ url })
  await new Promise<void>(resolve => {
    client.on('hello', () => resolve())
  })
  client.close()
  Reflect.deleteProperty(globalThis, 'WebSocket')
  if (descriptor !== undefined) Object.defineProperty(globalThis, 'WebSocket', descriptor)
})
