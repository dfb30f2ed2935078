import t from 'tap'
import { complaintsOf, part, serve, startBrowser, until } from '../fixtures/browser.js'

const token = 'the-token-of-the-admin'
const viewerToken = 'the-token-of-a-viewer'

t.test('a viewer sees everything and is offered nothing that only an admin may', async t => {
  const browser = await startBrowser(t)
  const folder = t.testdir({
    'squint.yaml': `
server: { token: ${token}, viewerToken: ${viewerToken} }
cameras: [{ id: demo, type: demo }]
`,
  })
  const { kill, url } = await serve(folder, 0, '--config', `${folder}/squint.yaml`)
  t.teardown(() => kill?.())

  const admin = await browser.newContext()
  const adminPage = await admin.newPage()
  await adminPage.goto(`${url}/?token=${token}`)
  await adminPage
    .getByTestId('camera-demo')
    .and(adminPage.locator('[data-state="streaming"]'))
    .waitFor()
  await part(adminPage, 'edit').waitFor()
  await until(() => part(adminPage, 'detection').isEnabled())
  await adminPage.close()

  const viewer = await browser.newContext()
  const page = await viewer.newPage()
  const complaints = complaintsOf(page)
  const refused: string[] = []
  page.on('response', response => {
    if (response.status() >= 400) refused.push(`${response.status()} ${response.url()}`)
  })
  await page.goto(`${url}/?token=${viewerToken}`)
  await page.getByTestId('camera-demo').and(page.locator('[data-live="true"]')).waitFor()
  const detection = part(page, 'detection')
  await detection.waitFor()
  await until(() => detection.isDisabled())
  t.equal(await detection.getAttribute('aria-checked'), 'true', 'it still says how it is')
  t.ok(await part(page, 'zones').isVisible())
  t.notOk(await part(page, 'edit').isVisible())
  t.same(refused, [], 'nothing is asked for in vain')
  t.same(complaints, [])
  await page.close()
})
