/** Labels, paths in errors and names of zones that would be programs if a page took them for its own text. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { complaintsOf, part, serve, startBrowser, until } from '../fixtures/browser.js'
import { modelsCopy } from '../fixtures/models.js'

/** Would open a dialog, and be told of by the browser where the policy stops it. */
const EVIL = '<img src=x onerror=alert(1)><script>alert(2)</script>'

t.test('markup in labels, errors and names is shown as text, and nothing of it runs', async t => {
  const models = modelsCopy(t)
  const zoo = join(models, 'zoo.json')
  const manifest = JSON.parse(readFileSync(zoo, 'utf8'))
  // what people are called: on boxes, in the list of events, its filters and its cards
  const { coco } = manifest.labels
  coco[coco.indexOf('person')] = EVIL
  writeFileSync(zoo, JSON.stringify(manifest))
  const file = join(models, 'squint.yaml')
  const config = {
    cascade: { models },
    cameras: [
      { id: 'demo', type: 'demo', fps: 5 },
      { id: 'broken', type: 'replay', path: `/nowhere/${EVIL}` },
    ],
    events: { labels: { [EVIL]: { minSeconds: 0 } } },
  }
  writeFileSync(file, JSON.stringify(config))
  const browser = await startBrowser(t)
  const { kill, url } = await serve(models, 0, '--config', file)
  t.teardown(() => kill?.())
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  const complaints = complaintsOf(page)
  const dialogs: string[] = []
  page.on('dialog', dialog => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const polygon = [
    [0.2, 0.2],
    [0.6, 0.2],
    [0.4, 0.7],
  ]
  // the service takes no such name; the page does not rely on that
  await page.route('**/api/cameras/demo/drawing', route =>
    route.fulfill({
      json: { source: 'drawn', zones: [{ name: EVIL, polygon, minSeconds: 0 }], masks: [] },
    }),
  )
  await page.goto(`${url}/`)
  const shows = (name: string) =>
    until(async () => (await part(page, name).first().innerText()).includes(EVIL))
  const tile = page.getByTestId('camera-broken')
  await until(async () => (await tile.innerText()).includes(`/nowhere/${EVIL}`))
  await shows('event-label')
  await shows('zone-names')
  await part(page, 'event-open').first().click()
  await shows('card-title')
  await page.keyboard.press('Escape')
  t.equal(await page.locator('[onerror], script:not([src])').count(), 0)

  // what is typed into the address bar comes back as JSON, which no browser takes for a page
  for (const path of [`/?camera=${encodeURIComponent(EVIL)}`, `/api/${encodeURIComponent(EVIL)}`]) {
    const response = await page.goto(url + path)
    t.equal(response?.status(), path.startsWith('/?') ? 200 : 404)
    t.equal(await page.locator('[onerror]').count(), 0)
  }
  t.same(dialogs, [])
  t.same(
    complaints.filter(complaint => !/status of 404/.test(complaint)),
    [],
    'the policy had nothing to stop',
  )
})
