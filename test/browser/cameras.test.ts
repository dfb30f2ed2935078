/** A page that stays open while the service's configuration changes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { part, serve, startBrowser, until } from '../fixtures/browser.js'

t.test('cameras come and go on an open page, and what is being drawn stays', async t => {
  const browser = await startBrowser(t)
  const folder = t.testdir()
  const file = join(folder, 'squint.yaml')
  const configure = (...ids: string[]) =>
    writeFileSync(file, JSON.stringify({ cameras: ids.map(id => ({ id, type: 'demo', fps: 2 })) }))
  configure('porch', 'yard')
  const { kill, url } = await serve(folder, 0, '--config', file)
  t.teardown(() => kill?.())
  const page = await browser.newPage()
  await page.goto(`${url}/?camera=yard`)
  const cameras = async () => {
    // all at one moment: one that is gone by the next would be waited for
    const names = await page
      .locator('article')
      .evaluateAll(tiles => tiles.map(tile => tile.getAttribute('data-testid')))
    return names.join(' ')
  }
  await until(async () => (await cameras()) === 'camera-porch camera-yard')
  configure('porch', 'yard', 'attic')
  await until(async () => (await cameras()) === 'camera-porch camera-yard camera-attic')

  await part(page, 'edit').click()
  await until(async () => part(page, 'add-zone').isEnabled())
  configure('porch')
  await until(async () => (await cameras()) === 'camera-porch camera-yard')
  t.ok(await part(page, 'editor').isVisible())
  await part(page, 'editor-done').click()
  await until(async () => (await cameras()) === 'camera-porch')
  t.equal(await page.getByTestId('camera-porch').isVisible(), true)

  // what the service refuses is said
  await page.route('**/api/cameras/porch/detection', (route, request) =>
    request.method() === 'PUT'
      ? route.fulfill({ status: 507, json: { detail: 'expected a folder' } })
      : route.continue(),
  )
  await page.getByRole('switch').click()
  const banner = part(page, 'banner')
  await until(() => banner.isVisible())
  t.equal(await banner.innerText(), 'Detection was not switched: expected a folder')
})
