import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { until } from '../../fixtures/camera.js'
import { eventFixture } from '../../fixtures/event.js'
import { pushCamera } from '../../fixtures/push-camera.js'
import { resultFixture } from '../../fixtures/result.js'
import { slowLine } from '../../fixtures/slow-line.js'
import { jpegPicture, openSocket, serveSockets } from '../../fixtures/socket-service.js'
import { tinyYuv } from '../../fixtures/yuv.js'

t.test('who subscribes hears of the camera and follows its results', async t => {
  const { hub, url } = await serveSockets(t)
  const { replies, tell } = await openSocket(t, url)
  const results = () => replies.filter(({ type }) => type === 'result').length
  await until(() => replies.length === 1)
  hub.publish(resultFixture())
  tell({ type: 'subscribe', camera: 'porch' })
  await until(() => replies.length === 2)
  t.match(replies[1], { type: 'camera', status: { id: 'porch' } })
  hub.publish(resultFixture({ camera: 'yard' }))
  hub.publish(resultFixture())
  await until(() => results() === 1)
  tell({ type: 'subscribe', camera: 'porch', results: false })
  await until(() => replies.length === 4)
  hub.publish(resultFixture())
  tell({ type: 'unsubscribe', camera: 'porch' })
  tell({ type: 'unsubscribe', camera: 'porch' })
  tell({ type: 'events', follow: false })
  tell({ type: 'credit', camera: 'porch', frames: 1 })
  tell({ type: 'subscribe', camera: 'cellar' })
  await until(() => replies.length === 5)
  t.equal(results(), 1)
})

t.test('video flows against credit, each frame with its header, the newest first', async t => {
  const { camera, url } = await serveSockets(t)
  const { frames, tell } = await openSocket(t, url)
  const picture = jpegPicture(100)
  camera.push(picture)
  tell({ type: 'subscribe', camera: 'porch', results: false, video: true, credit: 2 })
  await until(() => frames.length === 1)
  for (let i = 0; i < 4; i++) {
    camera.push(picture)
    await sleep(10)
  }
  t.equal(frames.length, 2, 'no third frame without credit')
  tell({ type: 'credit', camera: 'porch', frames: 1 })
  await until(() => frames.length === 3)
  const message = frames[2]!
  t.equal(message.toString('latin1', 0, 2), 'SQ')
  t.equal(message.readUInt8(2), 1)
  t.equal(message.readUInt32LE(4), 5, 'the newest frame, not the oldest, and at once')
  t.ok(Math.abs(message.readDoubleLE(8) - Date.now()) < 60_000)
  const length = message.readUInt8(3)
  t.equal(message.toString('latin1', 16, 16 + length), 'porch')
  t.same(message.subarray(16 + length), picture.data)
})

t.test('a frame that could not be made costs no credit', async t => {
  let broken = true
  const errors: unknown[] = []
  const { camera, live, url } = await serveSockets(t, {
    async encode({ data }) {
      if (broken) throw new Error('no')
      return data
    },
    onError: error => errors.push(error),
  })
  const { frames, tell } = await openSocket(t, url)
  tell({ type: 'subscribe', camera: 'porch', video: true, credit: 1 })
  await until(() => live.status().viewers === 1)
  camera.push(tinyYuv())
  await until(() => errors.length === 1)
  broken = false
  camera.push(tinyYuv())
  await until(() => frames.length === 1)
  t.equal(frames[0]?.readUInt32LE(4), 2)
})

t.test('a frame that the socket could not take costs no credit', async t => {
  const { camera, hub } = await serveSockets(t)
  const frames: unknown[] = []
  const socket = {
    buffered: 0,
    send: (data: string | Uint8Array) => typeof data === 'string' || frames.push(data),
    ping() {},
    bufferedAmount: () => socket.buffered,
    close() {},
  }
  const client = hub.connect(socket, 'viewer')
  client?.receive('{"type":"subscribe","camera":"porch","video":true,"credit":1}')
  camera.push(jpegPicture(10))
  // it fills up while the frame is on its way
  socket.buffered = 2 << 20
  await sleep(5)
  t.equal(frames.length, 0)
  t.equal(client?.dropped(), 1)
  socket.buffered = 0
  camera.push(jpegPicture(10))
  await until(() => frames.length === 1)
})

t.test('subscribing again replaces, and leaving ends the video', async t => {
  const { live, url } = await serveSockets(t)
  const { replies, socket, tell } = await openSocket(t, url)
  tell({ type: 'subscribe', camera: 'porch', video: true })
  tell({ type: 'subscribe', camera: 'porch', video: true })
  await until(() => replies.length === 3)
  t.equal(live.status().viewers, 1)
  socket.close()
  await until(() => live.status().viewers === 0)
})

t.test('what a client gets wrong is said with field and code', async t => {
  const { url } = await serveSockets(t)
  const { replies, socket, tell } = await openSocket(t, url)
  socket.send('{')
  tell({ type: 'subscribe', camera: 'cellar' })
  tell({ type: 'subscribe', camera: 'porch', credit: 99 })
  tell({ type: 'events', follow: true, cameras: ['porch', 'cellar'] })
  await until(() => replies.length === 5)
  t.match(replies.slice(1), [
    { type: 'error', code: 'REQUEST_INVALID', message: /expected JSON/ },
    {
      type: 'error',
      code: 'CAMERA_UNKNOWN',
      message: /expected one of porch, found cellar/,
      camera: 'cellar',
    },
    { type: 'error', code: 'REQUEST_INVALID', message: /^credit: / },
    { type: 'error', code: 'CAMERA_UNKNOWN', message: /found cellar/ },
  ])
})

t.test('who follows events hears of those that were asked for, until that ends', async t => {
  const { hub, url } = await serveSockets(t, { cameras: ['porch', 'yard'] })
  const { replies, socket, tell } = await openSocket(t, url)
  const happen = (camera: string) =>
    hub.happened?.({ type: 'start', event: eventFixture({ camera }), before: null })
  async function ask(request: object): Promise<void> {
    tell({ type: 'events', ...request })
    // messages are taken in order: the answer to a ping comes after it
    socket.ping()
    await once(socket, 'pong')
  }
  await until(() => replies.length === 1)
  await ask({ follow: true, cameras: ['yard'] })
  happen('porch')
  happen('yard')
  await until(() => replies.length === 2)
  t.match(replies[1], { type: 'event', change: 'start', event: { camera: 'yard' } })
  await ask({ follow: true })
  happen('porch')
  await until(() => replies.length === 3)
  await ask({ follow: false })
  happen('yard')
  await ask({ follow: true })
  t.equal(replies.length, 3)
})

t.test('a camera that was opened anew is followed without being asked for again', async t => {
  const { cameras, live, url } = await serveSockets(t, { statusMs: 10, cameras: ['porch', 'yard'] })
  const { frames, tell } = await openSocket(t, url)
  tell({ type: 'subscribe', camera: 'porch', video: true })
  tell({ type: 'subscribe', camera: 'yard' })
  await until(() => live.status().viewers === 1)
  for (const camera of cameras.values()) await camera.close()
  const anew = pushCamera('porch')
  cameras.set('porch', anew)
  cameras.set('yard', pushCamera('yard'))
  anew.push(jpegPicture(10))
  await until(() => frames.length === 1)
  t.equal(frames[0]?.readUInt32LE(4), 1)
  cameras.delete('porch')
  await sleep(30)
  t.equal(live.status().viewers, 1, 'one that was removed may come back')
  await anew.close()
})

t.test(
  'a slow line gets narrower pictures, newer than half a second, at nobody else’s cost',
  async t => {
    const widths: number[] = []
    const { camera, live, url } = await serveSockets(t, {
      async shrink(jpeg, width) {
        widths.push(width)
        return jpeg.subarray(0, jpeg.byteLength * (width / 1280) ** 1.5)
      },
    })
    const line = await slowLine(url, 200_000)
    t.teardown(line.close)
    const [slow, quick] = [await openSocket(t, line.url), await openSocket(t, url)]
    const ages: number[] = []
    for (const { socket, tell } of [slow, quick]) {
      tell({ type: 'subscribe', camera: 'porch', results: false, video: true })
      socket.on('message', (data: Buffer, binary: boolean) => {
        if (!binary) return
        tell({ type: 'credit', camera: 'porch', frames: 1 })
        if (socket === slow.socket) ages.push(Date.now() - data.readDoubleLE(8))
      })
    }
    await until(() => live.status().viewers === 2)
    const picture = jpegPicture(100_000)
    for (let i = 0; i < 60; i++) {
      camera.push(picture)
      await sleep(50)
    }
    t.ok(quick.frames.length >= 58, `${quick.frames.length} of 60`)
    t.ok(slow.frames.length >= 8 && slow.frames.length < 30, `${slow.frames.length} of 60`)
    const settled = ages.slice(2)
    const [worst = 0] = settled.sort((a, b) => b - a).slice(1)
    t.ok(worst < 500, `all but one: ${settled.map(Math.round)}`)
    t.ok(widths.length >= 5 && Math.max(...widths) <= 960, `${widths}`)
    const ids = slow.frames.map(frame => frame.readUInt32LE(4))
    t.same(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
      'never an older one',
    )
  },
)

t.test('one slow line is shared by the cameras that are watched over it', async t => {
  const ids = ['porch', 'yard', 'hall']
  const { cameras, live, url } = await serveSockets(t, { cameras: ids })
  const line = await slowLine(url, 400_000)
  t.teardown(line.close)
  const { frames, tell } = await openSocket(t, line.url)
  for (const camera of ids) {
    tell({ type: 'subscribe', camera, results: false, video: true, credit: 8 })
  }
  await until(() => live.status().viewers === 3)
  for (let i = 0; i < 40; i++) {
    for (const camera of cameras.values()) camera.push(jpegPicture(40_000))
    await sleep(40)
  }
  const counts = ids.map(
    id => frames.filter(frame => frame.toString('latin1', 16, 16 + id.length) === id).length,
  )
  t.ok(Math.min(...counts) >= 3, `${counts}`)
  t.ok(Math.max(...counts) - Math.min(...counts) <= 1, `in turn: ${counts}`)
})

t.test('fifty clients that never read cost little, and nobody else a frame', async t => {
  const { camera, hub, live, url } = await serveSockets(t)
  for (let i = 0; i < 50; i++) {
    const { socket, tell } = await openSocket(t, url)
    tell({ type: 'subscribe', camera: 'porch', video: true, credit: 8 })
    socket.pause()
  }
  const { frames, tell, replies } = await openSocket(t, url)
  tell({ type: 'subscribe', camera: 'porch', video: true })
  await until(() => live.status().viewers === 51)
  const before = process.memoryUsage().rss
  const picture = jpegPicture(200_000)
  for (let i = 1; i <= 30; i++) {
    camera.push(picture)
    hub.publish(resultFixture())
    await until(() => frames.length === i)
    tell({ type: 'credit', camera: 'porch', frames: 1 })
    await sleep(30)
  }
  t.equal(replies.filter(({ type }) => type === 'result').length, 30)
  const grown = (process.memoryUsage().rss - before) / 2 ** 20
  // 50 times 8 frames would be 80 MB, and 200 MB if nobody counted
  t.ok(grown < 60, `${grown.toFixed(0)} MB`)
  t.ok(live.status().dropped >= 50 * 28)
})

t.test('each message asks for its role', async t => {
  const { hub } = await serveSockets(t)
  const replies: string[] = []
  const socket = {
    send: (data: string | Uint8Array) => replies.push(String(data)),
    ping() {},
    bufferedAmount: () => 0,
    close() {},
  }
  // what a route gives that nobody guards
  const stranger = hub.connect(socket, undefined as never)
  for (const message of [
    { type: 'subscribe', camera: 'porch' },
    { type: 'credit', camera: 'porch', frames: 1 },
    { type: 'unsubscribe', camera: 'porch' },
    { type: 'events', follow: true },
  ])
    stranger?.receive(JSON.stringify(message))
  const [, ...answers] = replies.map(reply => JSON.parse(reply))
  t.equal(answers.length, 4)
  for (const answer of answers) t.match(answer, { type: 'error', code: 'FORBIDDEN' })
})
