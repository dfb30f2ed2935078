import t from 'tap'
import { startApp } from '../../fixtures/services.js'

const host = 'squint.local:8080'

t.test('a page of another site changes nothing and detects nothing', async t => {
  const { app } = await startApp(t)
  const requests: [string, string][] = [
    ['POST', '/api/detect'],
    ['PUT', '/api/cameras/porch/drawing'],
    ['DELETE', '/api/cameras/porch/drawing'],
    ['PUT', '/api/cameras/porch/detection'],
    ['PATCH', '/api/budget'],
    ['POST', '/api/nothing'],
  ]
  for (const [method, path] of requests) {
    for (const origin of ['https://evil.example', 'null', `https://evil.example/http://${host}`]) {
      const headers = { Origin: origin, Host: host, 'Content-Type': 'application/json' }
      const response = await app.request(path, { method, headers, body: '{}' })
      t.equal(response.status, 403, `${method} ${path} of ${origin}`)
      t.match(await response.json(), { code: 'FORBIDDEN' })
    }
  }
})

t.test('our own page, and programs that name no origin, may', async t => {
  const { app } = await startApp(t)
  for (const origin of [`http://${host}`, `https://${host}`, undefined]) {
    const headers = { Host: host, ...(origin !== undefined && { Origin: origin }) }
    const response = await app.request('/api/detect', { method: 'POST', headers, body: 'x' })
    t.equal(response.status, 200, `${origin}`)
  }
})

t.test('reading asks for no origin', async t => {
  const { app } = await startApp(t)
  const headers = { Origin: 'https://elsewhere.example', Host: host }
  for (const method of ['GET', 'HEAD']) {
    t.equal((await app.request('/api/cameras', { method, headers })).status, 200)
  }
})
