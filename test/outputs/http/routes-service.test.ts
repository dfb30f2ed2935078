import t from 'tap'
import { startApp } from '../../fixtures/services.js'
import { tinyYuv } from '../../fixtures/yuv.js'

t.test('alive from the start, ready with the first frame', async t => {
  const { app, camera } = await startApp(t)
  t.match(await (await app.request('/healthz')).json(), { status: 'ok' })
  const early = await app.request('/readyz')
  t.equal(early.status, 503)
  t.same(await early.json(), { ready: false })
  camera.push(tinyYuv())
  const ready = await app.request('/readyz')
  t.equal(ready.status, 200)
  t.same(await ready.json(), { ready: true })
})

t.test('a recording that has ended leaves the service ready', async t => {
  const { app, camera } = await startApp(t)
  camera.end()
  await new Promise(resolve => setTimeout(resolve, 10))
  t.equal((await app.request('/readyz')).status, 200)
})

t.test('metrics are text', async t => {
  const { app } = await startApp(t)
  const response = await app.request('/metrics')
  t.match(response.headers.get('content-type'), 'text/plain')
  t.match(await response.text(), /^squint_power_watts/)
})

t.test('statistics are passed on', async t => {
  const { app } = await startApp(t, { stats: () => ({ version: '1.2.3' }) as never })
  t.match(await (await app.request('/api/stats')).json(), { version: '1.2.3' })
})
