import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import {
  complaintsOf,
  keepPictures,
  NOT_THERE,
  serve,
  startBrowser,
  until,
} from '../fixtures/browser.js'

const browser = await startBrowser(t)
const state = t.testdir()

/** So little that the budget soon has nothing left to give, and so many audits that there soon is one. */
const LIMITED = {
  'squint.yaml': `
cameras: [{ id: demo, type: demo }]
budget: { millijoulesPerFrame: 0.5 }
cascade: { audit: { share: 0.1, energyShare: 0.5 } }
`,
}

t.test('the page shows a moving picture with boxes around people within a minute', async t => {
  const { kill, url } = await serve(state)
  t.teardown(() => kill?.())
  const page = await browser.newPage({ viewport: { width: 800, height: 480 } })
  const complaints = complaintsOf(page)
  await page.goto(url)
  const tile = page.getByTestId('camera-demo')
  await tile.and(page.locator('[data-labels*="person"]')).waitFor({ timeout: 60_000 })
  t.ok(Number(await tile.getAttribute('data-boxes')) > 0)
  t.equal(await tile.getAttribute('data-state'), 'streaming')
  const first = Number(await tile.getAttribute('data-frame-id'))
  const picture = () => page.locator('canvas').first().screenshot()
  const before = await picture()
  await until(async () => Number(await tile.getAttribute('data-frame-id')) > first + 80)
  t.notOk(before.equals(await picture()), 'the picture has moved on')
  t.match(await tile.getAttribute('data-exit'), /^(gate|scout|expert)\/\w+$/)
  t.notOk(await part(page, 'budget').isVisible(), 'no budget is configured')
  t.notOk(await part(page, 'decisions').isVisible(), 'this screen is too small for the list')
  await tellsPower(t, page)
  await tile.and(page.locator('[data-labels*="person"]')).waitFor({ timeout: 30_000 })
  await keepPictures(page, 'kiosk')
  await page.emulateMedia({ colorScheme: 'dark' })
  await keepPictures(page, 'kiosk-dark')
  t.same(complaints, [])
  await page.close()
})

t.test(
  'the page says that the connection is lost, and comes back by itself after a restart',
  async t => {
    const one = await serve(state)
    if (!one.kill) {
      t.pass('not with a service that is not ours')
      return
    }
    const page = await browser.newPage()
    await page.goto(one.url)
    const tile = page.getByTestId('camera-demo')
    await tile.and(page.locator('[data-state="streaming"]')).waitFor({ timeout: 60_000 })
    one.kill()
    await tile.and(page.locator('[data-state="connection-lost"]')).waitFor({ timeout: 15_000 })
    const again = await serve(state, Number(new URL(one.url).port))
    t.teardown(() => again.kill?.())
    await tile.and(page.locator('[data-state="streaming"]')).waitFor({ timeout: 30_000 })
    t.pass('streaming again')
    await page.close()
  },
)

/** Milliseconds from when an expert's grounds are shown until a lesser stage's replace them. */
const HELD_BY_EXPERT = `new Promise(resolve => {
  const line = document.querySelector('[data-part="why"]')
  let shownAt
  new MutationObserver(() => {
    if (line.dataset.stage === 'expert') shownAt = performance.now()
    else if (shownAt !== undefined) resolve(performance.now() - shownAt)
  }).observe(line, { attributes: true })
})`

t.test('the page says why each frame was looked at as hard as it was', async t => {
  const { kill, url } = await serve(state, 0, '--config', join(t.testdir(LIMITED), 'squint.yaml'))
  t.teardown(() => kill?.())
  const early = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await early.goto(url)

  await t.test('on what grounds, long enough to be read', async t => {
    const why = part(early, 'why')
    await why.and(early.locator('[data-stage="expert"]')).waitFor({ timeout: 60_000 })
    const read = await why.innerText()
    t.match(read, /^expert · \w+ .*(first look|last asked [\d.]+ s ago)$/)
    // measured on the page: asking from here takes as long as the machine is busy
    const heldMs = await early.evaluate<number>(HELD_BY_EXPERT)
    t.ok(heldMs >= 1500, `frames that end sooner do not replace it at once: ${heldMs} ms`)
    // asked for together: the next frame may be deeper again
    let shown = { stage: '', words: '' }
    await until(async () => {
      shown = await why.evaluate(({ dataset, innerText }) => ({
        stage: dataset.stage ?? '',
        words: innerText,
      }))
      return shown.stage === 'gate'
    })
    t.match(shown.words, /^gate · \w+ .*(moved|looked [\d.]+ s ago).* · expert [\d.]+ s ago$/)
  })

  await t.test('what a budget moves, in a line that leaves the picture where it is', async t => {
    const budget = part(early, 'budget')
    await budget.waitFor({ timeout: 30_000 })
    const box = await part(early, 'picture').boundingBox()
    await part(early, 'budget-floor').waitFor({ timeout: 30_000 })
    const words =
      /^Budget: [\d.]+ of 0\.5 mJ\/frame, \w+ ±\d+ % · at its floor · saves on doubt, expert, looks$/
    t.match(await budget.innerText(), words)
    t.same(await part(early, 'picture').boundingBox(), box)
  })

  await t.test('how often the expert agrees', async t => {
    const audited = part(early, 'audited')
    await until(async () => /^\d+ audited$/.test(await audited.innerText()))
    t.match(await part(early, 'audit-agreement').innerText(), /^\d+ %$/)
    t.match(await part(early, 'audit-range').innerText(), /^\(\d+–\d+ %\)$/)
    t.match(await part(early, 'audit-missed').innerText(), /^([\d.]+ %|–)$/)
  })

  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.goto(url)
  const openedAt = await page.evaluate<number>('performance.timeOrigin')
  const list = part(page, 'decisions')
  const lines = list.getByRole('listitem')
  const hold = page.getByRole('button', { name: 'hold' })
  await lines.nth(2).waitFor({ timeout: 10_000 })

  await t.test('the last decisions, also those from before the page was opened', async t => {
    await hold.press('Enter')
    const times = []
    for (const line of await lines.all()) {
      t.match(
        await line.innerText(),
        /^\d\d:\d\d:\d\d\s+(gate|scout|expert)\s+\w+(\s+×[\d,]+)?\s+\S.*$/,
      )
      times.push(Date.parse((await line.locator('time').getAttribute('datetime')) ?? ''))
    }
    t.same(
      times,
      [...times].sort((a, b) => b - a),
      'newest first',
    )
    t.ok(times.at(-1)! < openedAt)
    const box = (await list.boundingBox())!
    const last = (await lines.last().boundingBox())!
    t.ok(last.y + last.height <= box.y + box.height + 1, 'the last one fits as well')
    t.match(await list.innerText(), /×\d+/, 'frames like the one before are folded')
  })

  await t.test('the list stands still on request, and goes on afterwards', async t => {
    const before = await list.innerText()
    await sleep(1500)
    t.equal(await list.innerText(), before)
    t.equal(await hold.getAttribute('aria-pressed'), 'true')
    await hold.press('Enter')
    await until(async () => (await list.innerText()) !== before)
  })

  await t.test('less where the service is an older one', async t => {
    const old = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
    await old.route('**/api/cameras/*/explain*', route => route.fulfill(NOT_THERE))
    await old.route('**/api/power/history*', route => route.fulfill(NOT_THERE))
    await old.route('**/api/stats', async route => {
      const response = await route.fetch()
      await route.fulfill({ response, body: (await response.text()).replaceAll('"audit"', '"-"') })
    })
    const since = Date.now()
    await old.goto(url)
    await until(async () => /\d/.test(await part(old, 'energy-mean').innerText()))
    t.equal(await part(old, 'audited').innerText(), 'not audited yet')
    t.match(await part(old, 'power-missing').innerText(), /no history/)
    t.match(await part(old, 'work-watts').innerText(), /^[\d.]+ W$/)
    const first = part(old, 'decisions').getByRole('listitem').first()
    await first.waitFor({ timeout: 10_000 })
    t.ok(Date.parse((await first.locator('time').getAttribute('datetime')) ?? '') >= since - 2000)
    await old.close()
  })
  await early.close()
  await page.close()
})

/** Watts with method, the strip of the last two minutes, and millijoules by exit. */
async function tellsPower(t: Test, page: Page): Promise<void> {
  await until(async () => /^[\d.]+ W$/.test(await part(page, 'work-watts').innerText()))
  const method = await part(page, 'work-method').innerText()
  t.match(method, /^(measured|calibrated|modelled) ±\d+ %$/)
  t.match(await part(page, 'exit-gate').innerText(), /^([\d.]+|–)$/)
  const strip = part(page, 'power-strip')
  t.ok(await strip.isVisible())
  const history = await page.request.get(new URL('/api/power/history?seconds=5', page.url()).href)
  if (!history.ok()) return
  const newest = async () => Number(await strip.getAttribute('data-newest'))
  await until(async () => (await newest()) > 0)
  t.match(await part(page, 'power-peak').innerText(), /^[\d.]+ W$/)
  t.match(await part(page, 'latency-peak').innerText(), /^[\d.]+ ms$/)
  const [drawn, before] = [await strip.screenshot(), await newest()]
  await until(async () => (await newest()) > before)
  t.notOk(drawn.equals(await strip.screenshot()), 'the strip moves on')
}

/** Within the camera that is shown. */
function part(page: Page, name: string) {
  return page.locator(`article [data-part="${name}"]`)
}
