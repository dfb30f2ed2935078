import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import t from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { firstMatch, startProgram } from '../fixtures/program.js'

/** Debian's; networking that it would try on its own is switched off. */
const BROWSER = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
}

const artifacts = join(packageRoot, 'artifacts')
mkdirSync(artifacts, { recursive: true })

const browser = await chromium.launch(BROWSER)
t.teardown(() => browser.close())

async function serve(port = 0) {
  const child = startProgram('node', ['build/src/cli.js', 'serve', '--port', String(port)])
  child.stderr.resume()
  const [, url] = await firstMatch(child, /squint serves (http:\S+)\n/)
  return { child, url: url! }
}

t.test('the page shows a moving picture with boxes around people within a minute', async t => {
  const { child, url } = await serve()
  t.teardown(() => child.kill('SIGKILL'))
  const page = await browser.newPage({ viewport: { width: 800, height: 480 } })
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', error => complaints.push(error.message))
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
  await tile.and(page.locator('[data-labels*="person"]')).waitFor({ timeout: 30_000 })
  await page.screenshot({ path: join(artifacts, 'kiosk-800x480.png') })
  await page.setViewportSize({ width: 1920, height: 1080 })
  await page.screenshot({ path: join(artifacts, 'kiosk-1920x1080.png') })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: join(artifacts, 'kiosk-phone.png') })
  t.same(complaints, [])
  await page.close()
})

t.test(
  'the page says that the connection is lost, and comes back by itself after a restart',
  async t => {
    const one = await serve()
    const page = await browser.newPage()
    await page.goto(one.url)
    const tile = page.getByTestId('camera-demo')
    await tile.and(page.locator('[data-state="streaming"]')).waitFor({ timeout: 60_000 })
    one.child.kill('SIGKILL')
    await tile.and(page.locator('[data-state="connection-lost"]')).waitFor({ timeout: 15_000 })
    const again = await serve(Number(new URL(one.url).port))
    t.teardown(() => again.child.kill('SIGKILL'))
    await tile.and(page.locator('[data-state="streaming"]')).waitFor({ timeout: 30_000 })
    t.pass('streaming again')
    await page.close()
  },
)

/** Polled from here, as the page's own policy forbids it to evaluate strings. */
async function until(so: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await so()); tries++) {
    if (tries > 300) throw new Error('it did not happen within 30 s')
    await sleep(100)
  }
}
