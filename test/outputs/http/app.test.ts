import t from 'tap'
import { startApp } from '../../fixtures/services.js'

t.test('an unknown path is a problem with a code', async t => {
  const { app } = await startApp(t)
  const response = await app.request('/api/nothing')
  t.equal(response.status, 404)
  t.match(response.headers.get('content-type'), 'application/problem+json')
  t.match(await response.json(), { code: 'NOT_FOUND', status: 404, type: 'about:blank' })
})

t.test('what goes wrong inside is logged and not told', async t => {
  const { app, errors } = await startApp(t)
  const response = await app.request('/api/stats')
  t.equal(response.status, 500)
  const text = await response.text()
  t.match(JSON.parse(text), { code: 'INTERNAL' })
  t.notMatch(text, 'secret')
  t.match(errors, [{ message: 'secret inside' }])
})

t.test('the WebSocket has its route', async t => {
  const { app } = await startApp(t)
  t.equal(await (await app.request('/api/ws')).text(), 'upgraded')
})
