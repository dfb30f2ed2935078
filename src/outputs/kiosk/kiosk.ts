import { SquintClient, type Subscription } from '../client/squint-client.js'
import { createChrome } from './chrome.js'
import { createClock } from './clock.js'
import { part } from './dom.js'
import { createGallery } from './gallery.js'
import { listenToKeyboard } from './keyboard.js'
import { createPower } from './power.js'
import { pollStats, type Stats } from './stats.js'

const life = new AbortController()
const { signal } = life
const params = new URLSearchParams(location.search)
document.documentElement.classList.toggle('bare', params.has('kiosk'))
forgetToken()

const chrome = createChrome()
const clock = createClock()
const watched = new Map<string, Subscription>()
let stats: Stats | undefined
let version: string | undefined

const powerBand = part(document, 'power', HTMLElement)
const showPower = createPower(powerBand, signal)

const gallery = createGallery({
  main: part(document, 'cameras', HTMLElement),
  band: powerBand,
  nav: part(document, 'nav', HTMLElement),
  template: part(document, 'tile-template', HTMLTemplateElement),
  clock,
  onWatch: watch,
  signal,
})

const client = new SquintClient({ url: location.origin, signal })
client.on('hello', ({ version: newVersion, cameras }) => {
  // A page on a wall is never reloaded by hand: after an update of the service it fetches its own.
  if (version !== undefined && version !== newVersion) location.reload()
  version = newVersion
  // The service may have another clock now.
  clock.reset()
  gallery.each(view => view.showLost(undefined))
  gallery.setCameras(cameras)
  if (cameras.length > 0) chrome.hideWaiting()
  else chrome.showWaiting('No camera', 'none is configured')
})
client.on('result', result => {
  clock.learn(result.frame)
  gallery.view(result.camera)?.showResult(result)
})
client.on('camera', status => gallery.view(status.id)?.showStatus(status))
client.on('frame', frame => gallery.view(frame.camera)?.showFrame(frame))
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
}

/** The service keeps the token in a cookie; on a wall it need not stand in the address. */
function forgetToken(): void {
  if (!params.has('token')) return
  const url = new URL(location.href)
  url.searchParams.delete('token')
  history.replaceState(null, '', url)
}
