import type { BrowserContextOptions, Page } from 'playwright-core'
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
const state = t.testdir()
let service = await serve(state)
t.teardown(() => service.kill?.())

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  await page.goto(service.url)
  await page.getByTestId('camera-demo').and(page.locator('[data-live="true"]')).waitFor()
  await page.getByRole('button', { name: 'edit zones' }).waitFor()
  return page
}

async function openEditor(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'edit zones' }).click()
  await until(() => page.getByRole('button', { name: '+ zone' }).isEnabled())
}

/** Where a share of the picture is on the screen. */
async function at(page: Page, x: number, y: number) {
  const box = (await part(page, 'surface').boundingBox())!
  return { x: box.x + x * box.width, y: box.y + y * box.height }
}

async function click(page: Page, x: number, y: number): Promise<void> {
  const point = await at(page, x, y)
  await page.mouse.click(point.x, point.y)
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const [start, end] = [await at(page, ...from), await at(page, ...to)]
  await page.mouse.move(start.x, start.y)
  await page.mouse.down()
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2)
  await page.mouse.move(end.x, end.y)
  await page.mouse.up()
}

async function drawTriangle(page: Page): Promise<void> {
  await page.getByRole('button', { name: '+ zone' }).click()
  for (const [x, y] of [
    [0.2, 0.2],
    [0.6, 0.2],
    [0.4, 0.7],
    [0.2, 0.2],
  ] as const)
    await click(page, x, y)
}

async function saved(page: Page) {
  const response = await page.request.get(`${service.url}/api/cameras/demo/drawing`)
  return response.json()
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save' }).click()
  await until(async () => (await part(page, 'editor-message').innerText()) === 'Saved')
}

const corners = (page: Page) => page.getByRole('slider')
const nameField = (page: Page) => page.getByRole('textbox', { name: 'name' })

/** Polygons are compared to a pixel or two. */
const rounded = (polygon: readonly (readonly number[])[]) =>
  polygon.map(point => point.map(share => Math.round(share * 50) / 50))

t.test('a zone is drawn by mouse, named, saved, and shown on the live picture', async t => {
  const page = await openPage()
  const complaints = complaintsOf(page)
  await openEditor(page)
  await drawTriangle(page)
  t.equal(await corners(page).count(), 3)
  await nameField(page).fill('Front door')
  t.match(await part(page, 'zone-name-problem').innerText(), /a–z/)
  await page.getByRole('button', { name: 'Save' }).click()
  t.match(await part(page, 'editor-message').innerText(), /not complete/)
  await nameField(page).fill('front-door')
  await page.getByRole('textbox', { name: 'counts' }).fill('person, dog')
  await page.getByRole('textbox', { name: 'after' }).fill('1.5')
  await keepPictures(page, 'editor')
  await page.setViewportSize({ width: 1280, height: 800 })
  await save(page)
  const { source, zones } = await saved(page)
  t.equal(source, 'drawn')
  const zone = zones.find(({ name }: { name: string }) => name === 'front-door')
  t.match(zone, { labels: ['person', 'dog'], minSeconds: 1.5 })
  t.same(rounded(zone.polygon), [
    [0.2, 0.2],
    [0.6, 0.2],
    [0.4, 0.7],
  ])
  await page.getByRole('button', { name: 'Done' }).click()
  await part(page, 'zone-names').getByText('front-door').waitFor()
  await keepPicture(page, 'zones-shown')
  await page.getByRole('button', { name: 'zones', exact: true }).click()
  t.notOk(await part(page, 'zone-names').getByText('front-door').isVisible())
  await page.reload()
  await page.getByRole('button', { name: 'zones', exact: true }).waitFor()
  t.notOk(await part(page, 'zone-names').getByText('front-door').isVisible(), 'as chosen before')
  t.same(complaints, [])
})

t.test('corners are dragged, added and removed, and every step is taken back', async t => {
  const page = await openPage()
  await openEditor(page)
  await drawTriangle(page)
  await drag(page, [0.4, 0.7], [0.5, 0.8])
  t.match(await corners(page).nth(2).getAttribute('aria-valuetext'), /^50 % .* 80 % /)
  await drag(page, [0.4, 0.2], [0.4, 0.1])
  t.equal(await corners(page).count(), 4, 'a dot between two corners became one')
  const [x, y] = [0.4, 0.1]
  const held = await at(page, x, y)
  await page.mouse.move(held.x, held.y)
  await page.mouse.down()
  await until(async () => (await corners(page).count()) === 3)
  await page.mouse.up()
  await page.keyboard.press('Delete')
  t.equal(await corners(page).count(), 3, 'a zone keeps three')
  for (const count of [4, 3]) {
    await page.getByRole('button', { name: 'Undo' }).click()
    t.equal(await corners(page).count(), count)
  }
  await page.getByRole('button', { name: 'Undo' }).click()
  t.match(await corners(page).nth(2).getAttribute('aria-valuetext'), /^40 % .* 70 % /)
})

t.test('a mask is drawn by keyboard alone, and the corners say where they are', async t => {
  const page = await openPage()
  await openEditor(page)
  await page.getByRole('button', { name: '+ mask' }).press('Enter')
  await page.keyboard.press('Space')
  for (const key of ['Shift+ArrowRight', 'Space', 'Shift+ArrowDown', 'ArrowDown', 'Space'])
    await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  t.equal(await corners(page).count(), 3)
  const last = corners(page).nth(2)
  t.equal(await last.getAttribute('aria-valuetext'), '55 % from the left, 55.5 % from the top')
  t.match(await last.getAttribute('aria-label'), /^corner 3 of 3 of mask \d+$/)
  await last.press('Shift+ArrowDown')
  t.equal(await last.getAttribute('aria-valuetext'), '55 % from the left, 60.5 % from the top')
  await last.press('+')
  t.equal(await corners(page).count(), 4)
  await page.keyboard.press('Delete')
  t.equal(await corners(page).count(), 3)
  await page.keyboard.press('Escape')
  const done = part(page, 'editor-done')
  t.match(await done.innerText(), /Discard/, 'what is not saved is asked for once more')
  t.ok(await part(page, 'editor').isVisible())
  await page.keyboard.press('Escape')
  t.notOk(await part(page, 'editor').isVisible())
})

t.test('a finger draws as well', async t => {
  const page = await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true })
  await openEditor(page)
  await page.getByRole('button', { name: '+ zone' }).tap()
  for (const [x, y] of [
    [0.3, 0.3],
    [0.7, 0.3],
    [0.5, 0.8],
    // A finger is broad.
    [0.33, 0.32],
  ] as const) {
    const point = await at(page, x, y)
    await page.touchscreen.tap(point.x, point.y)
  }
  t.equal(await corners(page).count(), 3)
  await part(page, 'zone-form').waitFor()
  for (const button of await part(page, 'editor').getByRole('button').all()) {
    const box = await button.boundingBox()
    if (box) t.ok(box.height >= 44 && box.width >= 44, await button.innerText())
  }
})

t.test('what the service refuses stands beside the field that it means', async t => {
  const page = await openPage()
  await page.route('**/api/cameras/demo/drawing', async route => {
    if (route.request().method() !== 'PUT') return route.continue()
    const { zones } = route.request().postDataJSON()
    const detail = `zones.${zones.length - 1}.name: expected another one`
    const body = JSON.stringify({ detail })
    await route.fulfill({ status: 400, contentType: 'application/problem+json', body })
  })
  await openEditor(page)
  await drawTriangle(page)
  await page.getByRole('button', { name: 'Save' }).click()
  const problem = part(page, 'zone-name-problem')
  await until(async () => (await problem.innerText()) === 'expected another one')
  t.equal(await nameField(page).getAttribute('aria-invalid'), 'true')
  t.match(await part(page, 'editor-message').innerText(), /Not saved/)
})

t.test('what is drawn survives that the service is killed, and is saved afterwards', async t => {
  if (!service.kill) {
    t.pass('not with a service that is not ours')
    return
  }
  const page = await openPage()
  await openEditor(page)
  await drawTriangle(page)
  await nameField(page).fill('kept')
  service.kill()
  const tile = page.getByTestId('camera-demo')
  await tile.and(page.locator('[data-state="connection-lost"]')).waitFor({ timeout: 15_000 })
  await page.getByRole('button', { name: 'Save' }).click()
  await until(async () => /not be reached/.test(await part(page, 'editor-message').innerText()))
  service = await serve(state, Number(new URL(service.url).port))
  await tile.and(page.locator('[data-state="streaming"]')).waitFor({ timeout: 30_000 })
  t.equal(await corners(page).count(), 3)
  await save(page)
  t.match(JSON.stringify(await saved(page)), '"kept"')
})

t.test('all that was drawn is given up for what is configured', async t => {
  const page = await openPage()
  await openEditor(page)
  await drawTriangle(page)
  await save(page)
  const revert = part(page, 'editor-revert')
  await revert.click()
  t.match(await revert.innerText(), /Discard/)
  await revert.click()
  await until(async () => (await part(page, 'editor-source').innerText()) === 'as configured')
  t.equal((await saved(page)).source, 'configured')
})

t.test('detection is switched off and on', async t => {
  const page = await openPage()
  const tile = page.getByTestId('camera-demo')
  const detection = page.getByRole('switch')
  await detection.click()
  await tile.and(page.locator('[data-exit="off"]')).waitFor()
  t.equal(await detection.getAttribute('aria-checked'), 'false')
  await detection.click()
  if (!service.kill) return
  await until(async () => /^(gate|scout|expert)/.test((await tile.getAttribute('data-exit')) ?? ''))
})

t.test('a service without zones has no buttons for them', async t => {
  const context = await browser.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  for (const path of ['drawing', 'detection'])
    await page.route(`**/api/cameras/demo/${path}`, route => route.fulfill(NOT_THERE))
  await page.goto(service.url)
  await page.getByTestId('camera-demo').and(page.locator('[data-live="true"]')).waitFor()
  t.equal(await page.getByRole('button', { name: /zones/ }).count(), 0)
  t.equal(await page.getByRole('switch').count(), 0)
})
