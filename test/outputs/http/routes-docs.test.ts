import t from 'tap'
import { startApp } from '../../fixtures/services.js'

t.test(
  'the page that shows the document is served from disk and loads from nowhere else',
  async t => {
    const { app } = await startApp(t)
    const page = await app.request('/docs')
    t.match(await page.text(), '<title>squint: API</title>')
    const policy = page.headers.get('content-security-policy') ?? ''
    t.match(policy, /default-src 'none'/)
    t.notMatch(policy, /unsafe|https?:|\*/)
    t.equal((await app.request('/docs/LICENSE')).status, 404, 'kept beside what it belongs to')
  },
)
