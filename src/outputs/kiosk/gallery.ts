import type { CameraStatus } from '../../camera/camera.js'
import type { Clock } from './clock.js'
import { setText } from './dom.js'
import { createView, type View } from './view.js'

export interface GalleryOptions {
  readonly main: HTMLElement
  readonly nav: HTMLElement
  /** What is told of the whole service: within a camera that is shown alone, otherwise below all of them. */
  readonly band: HTMLElement
  readonly template: HTMLTemplateElement
  readonly clock: Clock
  /** The cameras that are now looked at. */
  readonly onWatch: (cameras: readonly string[]) => void
  /** The camera that is now shown alone; undefined: all are shown. */
  readonly onAlone: (camera: string | undefined) => void
  readonly signal: AbortSignal
}

export interface Gallery {
  /**
   * The cameras that the service has; views of others go.
   * @param kept its view stays all the same
   */
  setCameras(statuses: readonly CameraStatus[], kept: string | undefined): void
  view(camera: string): View | undefined
  each(visit: (view: View, camera: string) => void): void
  /** One camera, or all of them. */
  choose(camera: string | undefined): void
  chooseIndex(index: number): void
  step(dx: number, dy: number): void
}

/** All cameras in a grid, or one of them alone. The address remembers which. */
export function createGallery(options: GalleryOptions): Gallery {
  const views = new Map<string, { readonly view: View; readonly life: AbortController }>()
  let chosen = new URLSearchParams(location.search).get('camera') ?? undefined
  const names = (): readonly string[] => [...views.keys()]

  /** The camera that is shown alone; an only camera always is. */
  function alone(): string | undefined {
    if (views.size === 1) return names()[0]
    return chosen !== undefined && views.has(chosen) ? chosen : undefined
  }

  function add(status: CameraStatus): void {
    const life = new AbortController()
    const view = createView({
      template: options.template,
      status,
      clock: options.clock,
      onChoose: () => choose(status.id),
      signal: AbortSignal.any([life.signal, options.signal]),
    })
    views.set(status.id, { view, life })
    options.main.append(view.element)
  }

  function arrange(): void {
    const one = alone()
    options.main.dataset.mode = one === undefined ? 'grid' : 'single'
    options.main.dataset.count = String(Math.min(views.size, 9))
    for (const [camera, { view }] of views) {
      view.element.hidden = one !== undefined && camera !== one
      view.button.disabled = one !== undefined
    }
    const home = one === undefined ? undefined : views.get(one)?.view.element
    if (home) home.append(options.band)
    else options.main.after(options.band)
    options.nav.hidden = views.size < 2
    options.nav.replaceChildren(tab('all', undefined, one), ...names().map(n => tab(n, n, one)))
    options.onWatch(one === undefined ? names() : [one])
    options.onAlone(one)
  }

  function tab(label: string, camera: string | undefined, one: string | undefined): HTMLElement {
    const button = document.createElement('button')
    button.type = 'button'
    setText(button, label)
    button.setAttribute('aria-pressed', String(camera === one))
    button.addEventListener('click', () => choose(camera))
    return button
  }

  function choose(camera: string | undefined): void {
    const before = alone()
    if (camera === before) return
    chosen = camera
    const url = new URL(location.href)
    if (camera === undefined) url.searchParams.delete('camera')
    else url.searchParams.set('camera', camera)
    history.replaceState(null, '', url)
    arrange()
    // Back in the grid, the keyboard goes on where it left.
    if (camera === undefined && before !== undefined) views.get(before)?.view.button.focus()
  }

  function chooseIndex(index: number): void {
    const camera = names()[index]
    if (camera !== undefined) choose(camera)
  }

  function step(dx: number, dy: number): void {
    const all = names()
    const one = alone()
    if (one !== undefined) {
      chooseIndex((all.indexOf(one) + dx + dy + all.length) % all.length)
      return
    }
    const columns = getComputedStyle(options.main).gridTemplateColumns.split(' ').length
    const focused = all.findIndex(n => views.get(n)?.view.button === document.activeElement)
    const next = focused < 0 ? 0 : focused + dx + dy * columns
    views.get(all[next] ?? '')?.view.button.focus()
  }

  return {
    setCameras(statuses, kept) {
      const present = new Set(statuses.map(({ id }) => id))
      for (const [camera, { life }] of views) {
        if (present.has(camera) || camera === kept) continue
        life.abort()
        views.delete(camera)
      }
      for (const status of statuses) {
        const known = views.get(status.id)
        if (known) known.view.showStatus(status)
        else add(status)
      }
      arrange()
    },
    view: camera => views.get(camera)?.view,
    each(visit) {
      for (const [camera, { view }] of views) visit(view, camera)
    },
    choose,
    chooseIndex,
    step,
  }
}
