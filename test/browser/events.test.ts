import t from 'tap'
import {
  complaintsOf,
  keepPicture,
  keepPictures,
  NOT_THERE,
  part,
  serve,
  startBrowser,
  until,
} from '../fixtures/browser.js'

const browser = await startBrowser(t)
const service = await serve(t.testdir())
t.teardown(() => service.kill?.())

t.test('an event appears by itself, with its picture, and opens', async t => {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  const complaints = complaintsOf(page)
  await page.goto(service.url)
  const first = part(page, 'event-list').getByRole('listitem').first()
  await first.waitFor({ timeout: 60_000 })
  t.match(await first.innerText(), /\d\d:\d\d:\d\d[\s\S]*\d+ s/)
  const small = page.locator('.event-row .seen').getByRole('img').first()
  await small.waitFor({ timeout: 30_000 })
  t.match(await small.getAttribute('aria-label'), /^\w+ at demo/)
  await keepPictures(page, 'events')
  await page.setViewportSize({ width: 1920, height: 1080 })

  await page.locator('.event-row:has(.seen)').first().click()
  const card = page.getByRole('dialog')
  await card.locator('.seen').waitFor()
  t.match(await card.innerText(), /seen best\s+\d+ % at \d\d:\d\d:\d\d/)
  t.match(await card.innerText(), /looked at by\s+(gate|scout|expert), \w+/)
  const [picture, box] = [
    (await part(page, 'card-image').boundingBox())!,
    (await part(page, 'card-box').boundingBox())!,
  ]
  t.ok(
    box.width > 0 && box.x >= picture.x - 3 && box.x + box.width <= picture.x + picture.width + 3,
  )
  await keepPicture(page, 'event-1920x1080')
  await page.keyboard.press('Escape')
  t.notOk(await card.isVisible())
  t.ok(await first.isVisible())
  t.same(complaints, [])
  await page.close()
})

t.test('the list is opened over the picture where there is little room', async t => {
  const page = await browser.newPage({ viewport: { width: 800, height: 480 } })
  await page.goto(service.url)
  const button = page.getByRole('button', { name: /^Events/ })
  await button.waitFor({ timeout: 30_000 })
  const panel = page.getByRole('complementary', { name: 'Events' })
  t.notOk(await panel.isVisible())
  const before = await part(page, 'picture').boundingBox()
  await button.click()
  t.ok(await panel.isVisible())
  t.same(await part(page, 'picture').boundingBox(), before, 'the picture stays where it is')
  await page.keyboard.press('Escape')
  t.notOk(await panel.isVisible())
  await page.close()
})

t.test('a service without events has no list', async t => {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.route('**/api/events?*', route => route.fulfill(NOT_THERE))
  await page.goto(service.url)
  await page.getByTestId('camera-demo').and(page.locator('[data-live="true"]')).waitFor()
  // the answer that there are none may come after the first picture
  await until(async () => (await page.getByRole('button', { name: /^Events/ }).count()) === 0)
  t.notOk(await part(page, 'events').isVisible())
  await page.close()
})

t.test('a configuration that is not in force is said', async t => {
  const page = await browser.newPage()
  const error = 'cameras[0].fps: expected at most 60, found 900'
  await page.route('**/api/configuration', route =>
    route.fulfill({
      json: { file: '/etc/squint.yaml', loadedAt: '2026-11-23T10:00:00Z', error, needRestart: [] },
    }),
  )
  await page.goto(service.url)
  const banner = part(page, 'banner')
  await until(() => banner.isVisible())
  t.match(await banner.innerText(), error)
  await page.close()
})

t.test('dark and light are chosen, and remembered', async t => {
  const context = await browser.newContext({ colorScheme: 'light' })
  t.teardown(() => context.close())
  const page = await context.newPage()
  const paper = () =>
    page.evaluate(
      () =>
        Reflect.get(globalThis, 'getComputedStyle')(Reflect.get(globalThis, 'document').body)
          .backgroundColor,
    )
  await page.goto(service.url)
  const light = await paper()
  await page.getByRole('button', { name: 'Colours: auto' }).click()
  const dark = await paper()
  t.not(dark, light)
  await page.reload()
  await page.getByRole('button', { name: 'Colours: dark' }).waitFor()
  await until(async () => (await paper()) === dark)
  await page.goto(`${service.url}/?theme=light`)
  await until(async () => (await paper()) === light)
  t.pass('the address decides')
})

t.test('across the room there is only what can be read there', async t => {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(`${service.url}/?kiosk`)
  await page.getByTestId('camera-demo').and(page.locator('[data-live="true"]')).waitFor()
  t.equal(await page.getByRole('banner').count(), 0)
  const height = async (name: string) => (await part(page, name).first().boundingBox())!.height
  // Letters of 14 mm on a screen of 24 inches: 16 minutes of arc at 3 m.
  t.ok((await height('stage')) >= 60)
  t.ok((await height('work-watts')) >= 60)
  await keepPictures(page, 'wall')
  await page.close()
})
