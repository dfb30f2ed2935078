import t from 'tap'
import { startApp } from '../../fixtures/services.js'

t.test('a path that knows other methods says which', async t => {
  const { app } = await startApp(t)
  const ask = async (method: string, path: string) => {
    const response = await app.request(path, { method })
    return [response.status, response.headers.get('allow')]
  }
  t.same(await ask('POST', '/api/cameras/porch'), [405, 'GET, HEAD'])
  t.same(await ask('GET', '/api/detect'), [405, 'POST'])
  t.same(await ask('OPTIONS', '/api/stats'), [405, 'GET, HEAD'])
  t.same(await ask('DELETE', '/v1/vision/custom/list'), [405, 'GET, HEAD, POST'])
  t.same(await ask('POST', '/'), [405, 'GET, HEAD'])
  t.same(await ask('POST', '/api/nothing'), [404, null])
  t.same(await ask('HEAD', '/healthz'), [200, null])
})

t.test('the problem names what was tried', async t => {
  const { app } = await startApp(t)
  const response = await app.request('/metrics', { method: 'POST' })
  t.equal(response.headers.get('content-type'), 'application/problem+json')
  t.match(await response.json(), {
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
    detail: 'method: expected GET or HEAD, found POST',
  })
})
