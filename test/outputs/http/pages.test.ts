import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { OpenAPIHono } from '@hono/zod-openapi'
import t from 'tap'
import { servePages } from '../../../src/outputs/http/pages.js'
import { startApp } from '../../fixtures/services.js'

t.test('the page and its parts come with a content policy, and not again if unchanged', async t => {
  const { app } = await startApp(t)
  const page = await app.request('/')
  t.equal(page.status, 200)
  t.match(page.headers.get('content-type'), 'text/html')
  t.match(page.headers.get('content-security-policy'), /default-src 'self'/)
  t.match(await page.text(), '<title>squint</title>')
  const again = await app.request('/', {
    headers: { 'If-None-Match': page.headers.get('etag') ?? '' },
  })
  t.equal(again.status, 304)
  for (const path of ['/kiosk.js', '/client/protocol.js']) {
    t.match((await app.request(path)).headers.get('content-type'), 'text/javascript', path)
  }
})

t.test('files of other kinds, and paths that leave the folder, are not served', async t => {
  const { app } = await startApp(t)
  for (const path of [
    '/notes.txt',
    '/../package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '//kiosk.js',
    '/kiosk.js%00',
    '/client/protocol.js.map',
    '/client/../package.json',
    '/client',
  ]) {
    t.equal((await app.request(path)).status, 404, path)
  }
})

t.test('a link in the folder leads nowhere, wherever it points', async t => {
  const folder = t.testdir({ pages: { 'a.js': 'export {}' }, 'outside.js': 'secret' })
  symlinkSync(join(folder, 'outside.js'), join(folder, 'pages/link.js'))
  symlinkSync('/etc/passwd', join(folder, 'pages/users.html'))
  const app = new OpenAPIHono()
  await servePages(app, { prefix: '/', folder: join(folder, 'pages'), contentPolicy: '' })
  t.equal((await app.request('/a.js')).status, 200)
  for (const path of ['/link.js', '/users.html']) t.equal((await app.request(path)).status, 404)
})
