import { SquintClient, type Subscription } from '../client/squint-client.js'
import { askRole } from './access.js'
import { followCameraSettings } from './camera-settings.js'
import { createChrome } from './chrome.js'
import { createClock } from './clock.js'
import { createBanner } from './configuration.js'
import { part } from './dom.js'
import { createEvents } from './events.js'
import { createGallery } from './gallery.js'
import { listenToKeyboard } from './keyboard.js'
import { createPower } from './power.js'
import { createRoster } from './roster.js'
import { pollStats, type Stats } from './stats.js'
import { createTheme } from './theme.js'
import { createTools } from './tools.js'
import { createZoneEditor } from './zone-editor.js'

const life = new AbortController()
const { signal } = life
const params = new URLSearchParams(location.search)
const page = document.documentElement
page.classList.toggle('bare', params.has('kiosk'))
forgetToken()
createTheme(part(document, 'theme', HTMLButtonElement), signal)

const chrome = createChrome()
const banner = createBanner(part(document, 'banner', HTMLElement), signal)
const clock = createClock()
const roster = createRoster(() => performance.now())
const watched = new Map<string, Subscription>()
let stats: Stats | undefined
let version: string | undefined
let isOutdated = false
let alone: string | undefined

const powerBand = part(document, 'power', HTMLElement)
const showPower = createPower(powerBand, signal)

const events = createEvents({
  panel: part(document, 'events', HTMLElement),
  clock,
  onCount: lasting => tools.showEvents(lasting),
  signal,
})

const settings = followCameraSettings({
  onDrawing(camera, drawing) {
    gallery.view(camera)?.showDrawing(drawing)
    events.offerZones(drawing.zones.map(({ name }) => name))
    tools.showZones()
  },
  onDetection(camera, enabled) {
    gallery.view(camera)?.showDetection(enabled)
    if (camera === alone) tools.showDetection(enabled)
  },
  signal,
})

const editor = createZoneEditor({
  side: part(document, 'editor', HTMLElement),
  surface: part(document, 'surface', HTMLElement),
  onSaved: settings.refresh,
  onClose() {
    page.classList.remove('editing')
    if (isOutdated) location.reload()
    else showCameras()
  },
  signal,
})

const tools = createTools({
  isWall: params.has('kiosk'),
  params,
  onZones: shown => page.classList.toggle('with-zones', shown),
  onEvents: events.setOpen,
  onEdit: edit,
  onDetection(enabled) {
    if (alone === undefined) return
    void settings.setDetection(alone, enabled).then(refusal => {
      banner(refusal === undefined ? '' : `Detection was not switched: ${refusal.detail}`)
    })
  },
  signal,
})

const gallery = createGallery({
  main: part(document, 'cameras', HTMLElement),
  band: powerBand,
  nav: part(document, 'nav', HTMLElement),
  template: part(document, 'tile-template', HTMLTemplateElement),
  clock,
  onWatch: watch,
  onAlone(camera) {
    alone = camera
    tools.showCamera(camera)
    events.follow(camera)
  },
  signal,
})

const client = new SquintClient({ url: location.origin, signal })
client.on('hello', ({ version: newVersion, cameras }) => {
  // A page on a wall is never reloaded by hand: after an update of the service it fetches its own.
  isOutdated ||= version !== undefined && version !== newVersion
  version = newVersion
  // What is being drawn is not lost by it.
  if (isOutdated && !editor.isOpen()) location.reload()
  // The service may have another clock now.
  clock.reset()
  gallery.each(view => view.showLost(undefined))
  roster.greet(cameras)
  showCameras()
  events.reconnect()
  // The token may have another meaning now.
  void askRole(signal).then(role => role && tools.showRole(role))
})
client.on('result', result => {
  clock.learn(result.frame)
  gallery.view(result.camera)?.showResult(result)
})
client.on('camera', status => {
  if (roster.hear(status)) showCameras()
  else gallery.view(status.id)?.showStatus(status)
})
client.on('frame', frame => {
  clock.learnPicture(frame.capturedWallMs)
  gallery.view(frame.camera)?.showFrame(frame)
})
client.on('lost', ({ retryAt }) => {
  let views = 0
  gallery.each(view => {
    view.showLost(retryAt)
    views += 1
  })
  if (views === 0) chrome.showWaiting('No connection', 'trying again')
})
window.addEventListener('online', () => client.hurry(), { signal })

listenToKeyboard(
  {
    step: gallery.step,
    choose: gallery.chooseIndex,
    grid: () => gallery.choose(undefined),
    isBusy: editor.isOpen,
  },
  signal,
)

document.addEventListener(
  'visibilitychange',
  () => {
    if (document.hidden) return
    client.hurry()
    gallery.each(view => view.resume())
  },
  { signal },
)
setInterval(() => gallery.each(view => view.tick()), 500)

void pollStats(answer => {
  chrome.showStats(answer)
  stats = typeof answer === 'string' ? undefined : answer
  showPower(stats)
  gallery.each((view, id) => view.showStats(stats?.cameras.find(camera => camera.id === id)))
}, signal)

/** Those that there are, and the one that somebody draws on, which may be gone: what is drawn stays until the editor is left. */
function showCameras(): void {
  const cameras = roster.cameras()
  events.setCameras(cameras.map(({ id }) => id))
  gallery.setCameras(cameras, editor.camera())
  if (cameras.length > 0) chrome.hideWaiting()
  else chrome.showWaiting('No camera', 'none is configured')
}

/** Asks for the cameras on the screen and for no others. */
function watch(cameras: readonly string[]): void {
  for (const [camera, subscription] of watched) {
    if (cameras.includes(camera)) continue
    subscription.unsubscribe()
    watched.delete(camera)
  }
  for (const camera of cameras) {
    if (!watched.has(camera)) watched.set(camera, client.subscribe(camera, { video: true }))
  }
  settings.watch(cameras)
}

/** Opens the editor on the camera that is shown alone. */
function edit(): void {
  const view = alone === undefined ? undefined : gallery.view(alone)
  if (alone === undefined || !view) return
  page.classList.add('editing')
  editor.open({
    camera: alone,
    tile: view.element,
    overlay: view.overlay,
    setEditing: view.setEditing,
    setHeld: view.setHeld,
  })
}

/** The service keeps the token in a cookie; on a wall it need not stand in the address. */
function forgetToken(): void {
  if (!params.has('token')) return
  const url = new URL(location.href)
  url.searchParams.delete('token')
  history.replaceState(null, '', url)
}
