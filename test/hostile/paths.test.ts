/** Names in paths, in every spelling, on every route that there is: none leads out of a folder, and none ends in a 500. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../fixtures/camera.js'
import { SPELLINGS } from '../fixtures/hostile/network.js'
import { startServer } from '../fixtures/hostile/server.js'
import { jpegOf, numbered, openTest } from '../fixtures/journal.js'

const OUTSIDE = 'what lies outside'

/** Ways to leave a folder, as they stand in a request line. */
const NAMES = [
  ...SPELLINGS,
  ...['.', '..', '../..', '../../../../etc/passwd', '..%2f..%2f..%2f..%2fetc%2fpasswd'],
  ...[
    '%2e%2e',
    '%2e%2e/%2e%2e/etc/passwd',
    '%252e%252e%252fetc%252fpasswd',
    '....//....//etc/passwd',
  ],
  ...['/etc/passwd', '//etc/passwd', '%2fetc%2fpasswd', '\\..\\..\\etc\\passwd', '..%5c..%5cetc'],
  ...['%c0%ae%c0%ae%c0%afetc', '%uff0e%uff0e', '\xc0\xae\xc0\xae', 'file:///etc/passwd'],
  ...[
    '%00',
    'kiosk.js%00',
    'index.html%00.js',
    '%0a',
    '%0d%0aX-Evil:%201',
    ';/etc/passwd',
    '~root',
  ],
  ...['cafe%CC%81', 'caf%C3%A9', '%E2%80%AE', '%', '%2', '%zz', '*', '?', '%3f', '%23'],
  ...['x'.repeat(5000), '%CC%81'.repeat(800), '../'.repeat(1000), '%2e%2e%2f'.repeat(500)],
  ...['notes.txt', 'outside.js', 'link.js', 'protocol.js.map', 'LICENSE', 'event-000001.jpeg'],
]

t.test('no spelling of a name finds a file, or ends in a 500', { timeout: 120_000 }, async t => {
  const { app, errors, say } = await startServer(t, {
    stats: () => Object(null),
    history: () => Object(null),
  })
  const routes = app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
  const named = routes.filter(({ path }) => /:|\{/.test(path))
  t.ok(named.length >= 10, `${named.length} routes take a name`)
  const places = new Map(
    [
      ...named.map(({ method, path }) => ({ method, path })),
      ...['/', '/client/', '/docs/', '/api/', '/api/events/', '/v1/vision/custom/'].map(folder => ({
        method: 'GET',
        path: `${folder}:name`,
      })),
    ].map(place => [`${place.method} ${place.path}`, place]),
  )
  let tried = 0
  for (const { method, path } of places.values()) {
    for (const name of new Set(NAMES)) {
      if (name === 'porch' || name === '*') continue
      const line = `${method} ${path.replace(/:\w+|\{\w+\}/, () => name)} HTTP/1.1\r\n`
      const json = 'Content-Type: application/json\r\nContent-Length: 2\r\n'
      const answer = await say(`${line}Host: squint\r\nConnection: close\r\n${json}\r\n{}`)
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
      tried++
      // `.`, `?` and the like leave the folder's own page, which is no secret
      const page = /<title>squint/.test(answer) || status === 304
      if (!page && !(status >= 400 && status < 500)) {
        t.fail(`${line.slice(0, 100)} ${answer.slice(0, 200)}`)
      }
      if (/root:x:|not for the web|Apache|\r\nX-Evil/.test(answer)) t.fail(line.slice(0, 100))
    }
  }
  t.ok(tried > 1000, `${tried} requests`)
  t.same(errors, [])
})

t.test("a link among the events' pictures leads nowhere", async t => {
  // the application takes the test's own folder for its pages
  const folder = mkdtempSync(join(tmpdir(), 'squint-link-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'outside'), OUTSIDE)
  const first = await openTest(t, { folder: join(folder, 'journal') })
  for (const number of [1, 2]) {
    const event = numbered(number, { hasSnapshot: true })
    first.journal.add({ type: 'end', event, before: null })
    await first.journal.keepSnapshot(event.id, jpegOf(`picture ${number}`))
  }
  await first.journal.close()
  const pictures = join(folder, 'journal/snapshots')
  rmSync(join(pictures, 'event-000001.jpeg'))
  symlinkSync(join(folder, 'outside'), join(pictures, 'event-000001.jpeg'))

  const { journal } = await openTest(t, { folder: join(folder, 'journal') })
  const { app } = await startServer(t, { events: journal })
  const ask = (number: number) => app.request(`/api/events/event-00000${number}/snapshot.jpeg`)
  await until(async () => (await ask(2)).status === 200, 'the journal')
  t.match(await (await ask(2)).text(), /^picture 2/)
  const answer = await ask(1)
  t.equal(answer.status, 404)
  t.notMatch(await answer.text(), OUTSIDE)
})
