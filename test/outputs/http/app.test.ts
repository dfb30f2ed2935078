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

t.test('OpenAPI 3.1 names every route of the public surface', async t => {
  const { app } = await startApp(t)
  const document = JSON.parse(await (await app.request('/openapi.json')).text())
  t.equal(document.openapi, '3.1.0')
  t.same(Object.keys(document.paths).sort(), [
    '/api/budget',
    '/api/cameras',
    '/api/cameras/{id}',
    '/api/cameras/{id}/detection',
    '/api/cameras/{id}/detections',
    '/api/cameras/{id}/drawing',
    '/api/cameras/{id}/explain',
    '/api/cameras/{id}/frame.jpeg',
    '/api/cameras/{id}/stream.mjpeg',
    '/api/configuration',
    '/api/detect',
    '/api/events',
    '/api/events/export.coco.json',
    '/api/events/stream',
    '/api/events/{id}',
    '/api/events/{id}/snapshot.jpeg',
    '/api/power/history',
    '/api/stats',
    '/healthz',
    '/metrics',
    '/readyz',
  ])
  const { schema } =
    document.paths['/api/cameras/{id}/detections'].get.responses['200'].content['application/json']
  t.equal(schema.$ref, '#/components/schemas/Result')
})

t.test(
  'every reference of the document leads somewhere, and every route says what it gives',
  async t => {
    const { app } = await startApp(t)
    const document = JSON.parse(await (await app.request('/openapi.json')).text())
    const references = [
      ...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g),
    ]
    for (const [, name] of references) t.ok(document.components.schemas[name!], name!)
    t.ok(references.length > 10)
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, route] of Object.entries(Object(methods))) {
        const { summary, responses } = Object(route)
        t.ok(summary && responses['200'].description, `${method} ${path}`)
      }
    }
    const reasons: string[] = document.components.schemas.Exit.properties.reason.enum
    for (const reason of ['unchanged', 'known', 'refresh']) t.ok(reasons.includes(reason))
  },
)

t.test('the WebSocket has its route', async t => {
  const { app } = await startApp(t)
  t.equal(await (await app.request('/api/ws')).text(), 'upgraded')
})
