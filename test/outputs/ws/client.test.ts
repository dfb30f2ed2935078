import { setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createLive } from '../../../src/outputs/live.js'
import { createClient } from '../../../src/outputs/ws/client.js'
import { encodeFrame } from '../../../src/outputs/ws/messages.js'
import { tinyJpeg } from '../../fixtures/jpeg.js'
import { pushCamera } from '../../fixtures/push-camera.js'

const picture = { format: 'jpeg', width: 16, height: 8, data: tinyJpeg() } as const

function start(t: Test) {
  const camera = pushCamera()
  t.teardown(camera.close)
  const sent: (string | Uint8Array)[] = []
  const socket = {
    buffered: 0,
    closed: '',
    send: (data: string | Uint8Array) => sent.push(data),
    bufferedAmount: () => socket.buffered,
    close: (code: number, reason: string) => {
      socket.closed = `${code} ${reason}`
    },
  }
  const live = createLive({ encode: async () => Buffer.from('x'), onError: unexpected })
  const client = createClient({
    socket,
    cameras: new Map([['porch', camera]]),
    live,
    frameMessage: encodeFrame,
  })
  const tell = (message: object) => client.receive(JSON.stringify(message))
  const replies = () => sent.filter(data => typeof data === 'string').map(data => JSON.parse(data))
  const frames = () => sent.filter(data => typeof data !== 'string')
  return { camera, client, frames, live, replies, sent, socket, tell }
}

t.test('who subscribes hears of the camera and follows its results', async t => {
  const { client, replies, tell } = start(t)
  t.equal(client.follows('porch'), false)
  tell({ type: 'subscribe', camera: 'porch' })
  t.match(replies(), [{ type: 'camera', status: { id: 'porch' } }])
  t.equal(client.follows('porch'), true)
  t.equal(client.follows('yard'), false)
  tell({ type: 'subscribe', camera: 'porch', results: false })
  t.equal(client.follows('porch'), false)
  tell({ type: 'unsubscribe', camera: 'porch' })
  t.equal(client.follows('porch'), false)
})

t.test('a frame that the socket could not take costs no credit', async t => {
  const { client, camera, frames, socket, tell } = start(t)
  tell({ type: 'subscribe', camera: 'porch', video: true, credit: 1 })
  camera.push(picture)
  // the socket fills up while the frame is on its way
  socket.buffered = 2 << 20
  await turn()
  t.equal(frames().length, 0)
  t.equal(client.dropped(), 1)
  socket.buffered = 0
  camera.push(picture)
  await turn()
  t.equal(frames().length, 1)
})

t.test('video flows against credit, each frame with its header', async t => {
  const { camera, frames, tell } = start(t)
  tell({ type: 'subscribe', camera: 'porch', results: false, video: true, credit: 2 })
  for (let i = 0; i < 4; i++) {
    camera.push(picture)
    await turn()
  }
  t.equal(frames().length, 2, 'no third frame without credit')
  tell({ type: 'credit', camera: 'porch', frames: 1 })
  camera.push(picture)
  await turn()
  const message = Buffer.from(frames()[2]!)
  t.equal(message.toString('latin1', 0, 2), 'SQ')
  t.equal(message.readUInt8(2), 1)
  t.equal(message.readUInt32LE(4), 5, 'the newest frame, not the oldest')
  t.ok(Math.abs(message.readDoubleLE(8) - Date.now()) < 60_000)
  const length = message.readUInt8(3)
  t.equal(message.toString('latin1', 16, 16 + length), 'porch')
  t.same(message.subarray(16 + length), picture.data)
})

t.test('a client that does not read gets nothing more, and what it missed is counted', async t => {
  const { camera, client, frames, live, replies, socket, tell } = start(t)
  tell({ type: 'subscribe', camera: 'porch', video: true })
  socket.buffered = 2 << 20
  camera.push(picture)
  t.equal(client.send('a result'), false)
  await turn()
  t.equal(frames().length, 0)
  t.equal(replies().length, 1)
  t.equal(client.dropped(), 1)
  t.equal(live.status().dropped, 1)
})

t.test('subscribing again replaces, and leaving ends the video', async t => {
  const { client, live, tell } = start(t)
  tell({ type: 'subscribe', camera: 'porch', video: true })
  tell({ type: 'subscribe', camera: 'porch', video: true })
  t.equal(live.status().viewers, 1)
  client.gone()
  t.equal(live.status().viewers, 0)
})

t.test('what a client gets wrong is said with field and code', async t => {
  const { client, replies, tell, socket } = start(t)
  client.receive('{')
  tell({ type: 'subscribe', camera: 'cellar' })
  tell({ type: 'subscribe', camera: 'porch', credit: 99 })
  tell({ type: 'credit', camera: 'porch', frames: 1 })
  tell({ type: 'unsubscribe', camera: 'porch' })
  t.match(replies(), [
    { type: 'error', code: 'REQUEST_INVALID', message: /expected JSON/ },
    { type: 'error', code: 'CAMERA_UNKNOWN', message: /expected one of porch, found cellar/ },
    { type: 'error', code: 'REQUEST_INVALID', message: /^credit: / },
  ])
  t.equal(replies().length, 3)
  client.close(1001, 'bye')
  t.equal(socket.closed, '1001 bye')
})

/** Fails the test that it happens in. */
function unexpected(error: unknown): never {
  throw error
}
