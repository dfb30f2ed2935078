import t from 'tap'
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
