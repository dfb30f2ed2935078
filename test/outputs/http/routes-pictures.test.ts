import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { tinyJpeg } from '../../fixtures/jpeg.js'
import { pushCamera } from '../../fixtures/push-camera.js'
import { resultFixture } from '../../fixtures/result.js'
import { startApp } from '../../fixtures/services.js'
import { tinyYuv } from '../../fixtures/yuv.js'

const picture = { format: 'jpeg', width: 16, height: 8, data: tinyJpeg() } as const
const STILL = '/api/cameras/porch/frame.jpeg'
const STREAM = '/api/cameras/porch/stream.mjpeg'

t.test('a camera that does not exist has no pictures', async t => {
  const { app } = await startApp(t)
  for (const path of ['frame.jpeg', 'stream.mjpeg']) {
    const response = await app.request(`/api/cameras/cellar/${path}`)
    t.equal(response.status, 404)
    t.match(await response.json(), { code: 'CAMERA_UNKNOWN' })
  }
})

t.test('the newest picture comes as JPEG, whatever the camera gives', async t => {
  const { app, camera } = await startApp(t)
  t.equal((await app.request(STILL)).status, 503)
  camera.push(picture)
  const response = await app.request(STILL)
  t.equal(response.headers.get('content-type'), 'image/jpeg')
  t.equal(response.headers.get('x-frame-id'), '1')
  t.match(response.headers.get('x-capture-time'), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  t.same(Buffer.from(await response.arrayBuffer()), picture.data)
  camera.push(tinyYuv())
  t.equal(await (await app.request(STILL)).text(), 'encoded')
})

t.test('who has the newest picture is told so, and nothing more', async t => {
  const { app, camera, latest } = await startApp(t)
  camera.push(picture)
  const tagOf = async (query = ''): Promise<string> =>
    (await app.request(`${STILL}${query}`)).headers.get('etag') ?? ''
  const tag = await tagOf()
  const again = await app.request(STILL, { headers: { 'If-None-Match': tag } })
  t.equal(again.status, 304)
  t.equal(again.headers.get('etag'), tag)
  t.equal(again.headers.get('x-frame-id'), '1')
  t.equal(await again.text(), '')
  const behindProxy = { headers: { 'If-None-Match': `"old", W/${tag}` } }
  t.equal((await app.request(STILL, behindProxy)).status, 304)
  t.equal(await tagOf('?width=16'), tag, 'as wide as it is')
  latest.publish(resultFixture({ frame: { ...resultFixture().frame, id: 1 } }))
  const boxed = await tagOf('?boxes=1')
  camera.push(picture)
  t.equal(new Set([tag, boxed, await tagOf()]).size, 3, 'boxes, and another picture')
})

t.test('a picture is scaled down, never up', async t => {
  const asked: unknown[] = []
  const { app, camera } = await startApp(t, {
    async annotate(data, captions, maxWidth) {
      asked.push({ bytes: data.length, captions, maxWidth })
      return Buffer.from('smaller')
    },
  })
  camera.push({ ...picture, data: tinyJpeg({ width: 640, height: 360 }) })
  t.equal(await (await app.request(`${STILL}?width=320`)).text(), 'smaller')
  t.match(asked, [{ captions: [], maxWidth: 320 }])
  t.equal((await app.request(`${STILL}?width=640`)).headers.get('content-length'), null)
  t.equal((await app.request(`${STILL}?width=4000`)).status, 200)
  t.equal(asked.length, 1)
  for (const query of ['width=0', 'width=wide', 'boxes=yes']) {
    const wrong = await app.request(`${STILL}?${query}`)
    t.equal(wrong.status, 400, query)
  }
  camera.push({ ...picture, data: Buffer.from('no header to read a size from') })
  t.equal((await app.request(`${STILL}?width=320`)).status, 200)
  t.equal(asked.length, 1)
})

t.test('the boxes of the newest result are drawn in on demand', async t => {
  const { app, camera, latest } = await startApp(t)
  camera.push(picture)
  t.equal(await (await app.request(`${STILL}?boxes=1`)).text(), 'boxes: ')
  latest.publish(resultFixture({ frame: { ...resultFixture().frame, id: 1 } }))
  const drawn = await app.request(`${STILL}?boxes=true`)
  t.equal(await drawn.text(), 'boxes: person 87 %')
  t.same(Buffer.from(await (await app.request(`${STILL}?boxes=0`)).arrayBuffer()), picture.data)
  const stream = await app.request(`${STREAM}?boxes=1`)
  const reader = stream.body!.getReader()
  camera.push(picture)
  t.match(Buffer.from((await reader.read()).value!).toString(), /boxes: /)
  await reader.cancel()
})

t.test('a viewer may ask for fewer pictures', async t => {
  const { app, camera } = await startApp(t)
  const reader = (await app.request(`${STREAM}?fps=2`)).body!.getReader()
  camera.push(picture)
  await reader.read()
  const next = reader.read().then(() => 'another')
  camera.push(picture)
  t.equal(await Promise.race([next, sleep(100, 'none')]), 'none')
  await sleep(400)
  camera.push(picture)
  t.equal(await next, 'another')
  await reader.cancel()
  t.equal((await app.request(`${STREAM}?fps=0`)).status, 400)
})

t.test('HEAD tells of a stream without becoming a viewer', async t => {
  const { app } = await startApp(t)
  for (let i = 0; i < 17; i++) {
    const { status, headers } = await app.request(STREAM, { method: 'HEAD' })
    t.equal(status, 200)
    t.match(headers.get('content-type'), 'multipart/x-mixed-replace')
  }
  const viewer = await app.request(STREAM)
  t.equal(viewer.status, 200)
  await viewer.body?.cancel()
})

t.test('MJPEG gives a viewer one frame at a time and forgets viewers who leave', async t => {
  const { app, camera } = await startApp(t)
  const response = await app.request(STREAM)
  t.match(response.headers.get('content-type'), /^multipart\/x-mixed-replace; boundary=/)
  const reader = response.body!.getReader()
  camera.push(picture)
  camera.push(picture)
  await sleep(5)
  const part = Buffer.from((await reader.read()).value!)
  t.match(
    part.toString('latin1'),
    new RegExp(
      `^--squint-frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.data.length}\r\n\r\n`,
    ),
  )
  t.ok(part.includes(picture.data))
  camera.push(picture)
  await sleep(5)
  t.notOk((await reader.read()).done, 'the next frame, not the one that came too soon')
  await reader.cancel()
  camera.push(picture)
})

t.test('the 17th MJPEG viewer is asked to come back later', async t => {
  const { app } = await startApp(t)
  const viewers = []
  for (let i = 0; i < 16; i++) viewers.push(await app.request(`${STREAM}?boxes=${i % 2}`))
  const late = await app.request(STREAM)
  t.equal(late.status, 503)
  t.match(await late.json(), { code: 'BUSY' })
  await Promise.all(viewers.map(viewer => viewer.body?.cancel()))
  const next = await app.request(STREAM)
  t.equal(next.status, 200)
  await next.body?.cancel()
})

t.test('the stream of a camera that was removed ends', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const yard = pushCamera('yard')
  t.teardown(yard.close)
  const cameras = new Map([
    ['porch', camera],
    ['yard', yard],
  ])
  const { app } = await startApp(t, { cameras })
  const other = (await app.request('/api/cameras/yard/stream.mjpeg')).body!.getReader()
  const reader = (await app.request(STREAM)).body!.getReader()
  camera.push(picture)
  t.notOk((await reader.read()).done)
  cameras.set('porch', pushCamera())
  t.teardown(cameras.get('porch')!.close)
  t.ok((await reader.read()).done)
  yard.push(picture)
  t.notOk((await other.read()).done, 'and no other')
  await other.cancel()
})
