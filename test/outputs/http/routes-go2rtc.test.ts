/** Requests as go2rtc's own page and Home Assistant's client send them (python-go2rtc-client, go2rtc_client/rest.py). */
import t from 'tap'
import { tinyJpeg } from '../../fixtures/jpeg.js'
import { startApp } from '../../fixtures/services.js'

const data = tinyJpeg({ width: 640, height: 360 })
const picture = { format: 'jpeg', width: 640, height: 360, data } as const

t.test('streams are cameras; consumers are who watches them', async t => {
  const { app } = await startApp(t)
  const list = async (query = '') => (await app.request(`/api/streams${query}`)).json()
  const stream = {
    producers: [{ url: 'what the test gives', medias: ['video, recvonly, JPEG'] }],
    consumers: [],
  }
  t.same(await list(), { porch: stream })
  t.same(await list('?src=porch&video=all'), stream)
  const viewers = await Promise.all([
    app.request('/api/stream.mjpeg?src=porch'),
    app.request('/api/cameras/porch/stream.mjpeg?boxes=1'),
  ])
  const consumer = { format_name: 'mjpeg', medias: ['video, sendonly, JPEG'] }
  t.same(await list('?src=porch'), { ...stream, consumers: [consumer, consumer] })
  await Promise.all(viewers.map(viewer => viewer.body?.cancel()))
  t.same(await list(), { porch: stream })
})

t.test('a still may be asked for with any of the names of its limits', async t => {
  const widths: unknown[] = []
  const { app, camera } = await startApp(t, {
    async annotate(_, __, maxWidth) {
      widths.push(maxWidth)
      return Buffer.from('smaller')
    },
  })
  camera.push(picture)
  const whole = await app.request('/api/frame.jpeg?src=porch&rotate=90&cache=1m&_=0')
  t.same(Buffer.from(await whole.arrayBuffer()), data)
  for (const limit of ['width=320', 'w=320', 'height=90', 'h=90', 'w=320&h=90'])
    t.equal(await (await app.request(`/api/frame.jpeg?src=porch&${limit}`)).text(), 'smaller')
  t.same(widths, [320, 320, 160, 160, 160])
})

t.test('a stream is multipart JPEG', async t => {
  const { app, camera } = await startApp(t)
  const response = await app.request('/api/stream.mjpeg?src=porch')
  t.match(response.headers.get('content-type'), /^multipart\/x-mixed-replace; ?boundary=/)
  const reader = response.body!.getReader()
  camera.push(picture)
  t.ok(Buffer.from((await reader.read()).value!).includes(data))
  await reader.cancel()
})

t.test('what is no camera is not found, even if it is an address', async t => {
  const { app } = await startApp(t)
  for (const path of ['streams', 'frame.jpeg', 'stream.mjpeg']) {
    for (const src of ['cellar', encodeURIComponent('rtsp://192.168.1.2/1')]) {
      t.equal((await app.request(`/api/${path}?src=${src}`)).status, 404, path)
    }
  }
  t.equal((await app.request('/api/frame.jpeg')).status, 400, 'no src')
})

t.test('streams cannot be added from outside', async t => {
  const { app } = await startApp(t)
  const response = await app.request('/api/streams?name=x&src=exec:reboot', { method: 'PUT' })
  t.equal(response.status, 405)
  t.equal(response.headers.get('allow'), 'GET, HEAD')
})
