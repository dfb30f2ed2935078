import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { until } from '../../fixtures/camera.js'
import { jpegPicture, openSocket, serveSockets } from '../../fixtures/socket-service.js'

t.test('a player that tries one kind after the other ends at JPEGs without a header', async t => {
  const { camera, hub, live, url } = await serveSockets(t)
  const { frames, replies, socket, tell } = await openSocket(t, url, '/api/ws?src=porch')
  tell({ type: 'mse', value: 'avc1.640029' })
  await until(() => replies.length === 1)
  t.same(replies[0], { type: 'error', value: 'mse: expected mjpeg' })
  t.equal(live.status().viewers, 0)
  tell({ type: 'mjpeg' })
  tell({ type: 'mjpeg' })
  await until(() => live.status().viewers === 1)
  t.same(replies[1], { type: 'mjpeg' })
  const picture = jpegPicture(100)
  camera.push(picture)
  await until(() => frames.length === 1)
  t.same(frames[0], picture.data)
  for (let i = 0; i < 3; i++) {
    camera.push(picture)
    await until(() => frames.length === i + 2)
  }
  t.equal(replies.length, 2, 'it hears nothing that it does not know')
  t.same(hub.status(), { clients: 1, dropped: 0 })
  socket.terminate()
  await until(() => live.status().viewers === 0)
})

t.test('a name that is none of a camera, and a message that is none, are told', async t => {
  const { url } = await serveSockets(t)
  const stranger = await openSocket(t, url, '/api/ws?src=cellar')
  stranger.tell({ type: 'mjpeg' })
  const odd = await openSocket(t, url, '/api/ws?src=porch')
  odd.socket.send('{')
  odd.tell([])
  await until(() => stranger.replies.length === 1 && odd.replies.length === 2)
  t.same(stranger.replies, [{ type: 'error', value: 'mjpeg: stream not found' }])
  t.same(odd.replies[0], { type: 'error', value: 'message: expected mjpeg' })
  t.same(odd.replies[1], odd.replies[0])
})

t.test('a player that does not answer has one frame under way', async t => {
  const { camera, live, url } = await serveSockets(t)
  const { frames, socket, tell } = await openSocket(t, url, '/api/ws?src=porch', {
    autoPong: false,
  })
  tell({ type: 'mjpeg' })
  await until(() => live.status().viewers === 1)
  for (let i = 0; i < 5; i++) {
    camera.push(jpegPicture(100))
    await sleep(10)
  }
  t.equal(frames.length, 1)
  // the answer to the ping behind the first frame; another went behind the greeting
  socket.pong(Buffer.from([0, 0, 0, 2]))
  await until(() => frames.length === 2)
  t.equal(live.status().dropped, 3, 'of the others only the newest was kept')
})

t.test('raw pictures are encoded for it, and one that cannot be is left out', async t => {
  let broken = true
  const errors: unknown[] = []
  const { camera, live, url } = await serveSockets(t, {
    async encode() {
      if (broken) throw new Error('no')
      return Buffer.from('fine')
    },
    onError: error => errors.push(error),
  })
  const { frames, socket, tell } = await openSocket(t, url, '/api/ws?src=porch')
  tell({ type: 'mjpeg' })
  await until(() => live.status().viewers === 1)
  const picture = { format: 'yuv420', width: 2, height: 2, data: Buffer.alloc(6) } as const
  camera.push(picture)
  await until(() => errors.length === 1)
  broken = false
  camera.push(picture)
  await until(() => frames.length === 1)
  t.equal(String(frames[0]), 'fine')
  socket.close()
})

t.test('a player of a camera that was removed is let go, to find another by its name', async t => {
  const { cameras, live, url } = await serveSockets(t, { statusMs: 10, cameras: ['porch', 'yard'] })
  const porch = await openSocket(t, url, '/api/ws?src=porch')
  const yard = await openSocket(t, url, '/api/ws?src=yard')
  const asking = await openSocket(t, url, '/api/ws?src=porch')
  for (const { tell } of [porch, yard]) tell({ type: 'mjpeg' })
  await until(() => live.status().viewers === 2)
  const closed = once(porch.socket, 'close')
  const gone = cameras.get('porch')!
  t.teardown(gone.close)
  cameras.delete('porch')
  t.match(await closed, [1000, Buffer.from('the camera is gone')])
  await until(() => live.status().viewers === 1)
  t.equal(yard.socket.readyState, yard.socket.OPEN)
  asking.tell({ type: 'mjpeg' })
  await until(() => asking.replies.length === 1)
  t.same(asking.replies, [{ type: 'error', value: 'mjpeg: stream not found' }])
})
