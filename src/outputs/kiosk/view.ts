import type { CameraStatus } from '../../camera/camera.js'
import type { Stage } from '../../cascade/detection.js'
import type { Result } from '../../events/result.js'
import type { Drawing } from '../../events/zones.js'
import type { VideoFrame } from '../client/protocol.js'
import { createBadge } from './badge.js'
import type { Clock } from './clock.js'
import { createDecisionList } from './decision-list.js'
import { part, setText } from './dom.js'
import { duration } from './numbers.js'
import { createPanel } from './panel.js'
import { createPicture } from './picture.js'
import { createSpeaker } from './speaker.js'
import { noticeFor } from './state.js'
import type { CameraStats } from './stats.js'
import { createStrip } from './strips.js'
import { createWhy } from './why.js'
import { createZoneLayer } from './zone-layer.js'

/** Numbers that change faster than this cannot be read. */
const PANEL_MS = 300
/** Results of frames that were taken before detection was switched off come for so long. */
const LATE_MS = 2000

export interface View {
  readonly element: HTMLElement
  readonly button: HTMLButtonElement
  showStatus(status: CameraStatus): void
  showResult(result: Result): void
  showFrame(frame: VideoFrame): void
  showStats(stats: CameraStats | undefined): void
  showDrawing(drawing: Drawing): void
  /** Whether frames are looked at at all. */
  showDetection(enabled: boolean): void
  /** Undefined: connected. */
  showLost(retryAt: number | undefined): void
  /** Called a few times a second: ages, notices. */
  tick(): void
  resume(): void
  /** What lies over the picture, as large as it. */
  readonly overlay: HTMLElement
  setEditing(editing: boolean): void
  setHeld(held: boolean): void
}

export interface ViewOptions {
  readonly template: HTMLTemplateElement
  readonly status: CameraStatus
  readonly clock: Clock
  readonly onChoose: () => void
  readonly signal: AbortSignal
}

/** One camera on the page: picture, boxes, exit, strip and numbers. */
export function createView({ template, clock, signal, ...options }: ViewOptions): View {
  const fragment = document.importNode(template.content, true)
  const element = part(fragment, 'tile', HTMLElement)
  const text = (name: string): HTMLElement => part(element, name, HTMLElement)
  const canvas = part(element, 'picture', HTMLCanvasElement)
  const parts = {
    age: text('age'),
    notice: text('notice'),
    noticeTitle: text('notice-title'),
    noticeDetail: text('notice-detail'),
  }
  const button = part(element, 'open', HTMLButtonElement)
  const badge = createBadge(element)
  const panel = createPanel(element)
  const why = createWhy(element)
  const decisions = createDecisionList(element, options.status.id, signal)
  const speak = createSpeaker(text('spoken'), canvas, options.status.id)
  const strip = createStrip(part(element, 'strip', HTMLCanvasElement), schedule, signal)
  const picture = createPicture({
    tile: element,
    canvas,
    onChange: schedule,
    signal,
  })
  const showZones = createZoneLayer(element)

  const name = options.status.id
  let status = options.status
  let result: Result | undefined
  let stats: CameraStats | undefined
  let retryAt: number | undefined
  let detects = true
  let offAt = Number.NEGATIVE_INFINITY
  let held = false
  let scheduled = 0
  let panelStage: Stage | undefined
  let panelAt = Number.NEGATIVE_INFINITY

  element.dataset.testid = `camera-${name}`
  setText(text('camera'), name)
  button.setAttribute('aria-label', `Show ${name} alone`)
  button.addEventListener('click', options.onChoose, { signal })
  signal.addEventListener('abort', () => {
    cancelAnimationFrame(scheduled)
    element.remove()
  })

  function schedule(): void {
    if (scheduled === 0 && !signal.aborted) scheduled = requestAnimationFrame(paint)
  }

  function paint(): void {
    scheduled = 0
    picture.paint()
    strip.paint()
    decisions.paint()
    const due = performance.now() - panelAt >= PANEL_MS
    // The numbers are always those of the stage that the badge names.
    if (due || result?.exit.stage !== panelStage) paintPanel()
  }

  function paintPanel(): void {
    panelAt = performance.now()
    panelStage = result?.exit.stage
    panel({ result, stats, status })
  }

  function tick(): void {
    const takenAtMs = picture.takenAtMs()
    const pictureAgeMs = takenAtMs === undefined ? undefined : clock.since(takenAtMs)
    // One that stands still on request is not late.
    const notice = noticeFor({ status, retryAt, pictureAgeMs: held ? 0 : pictureAgeMs })
    element.dataset.state = retryAt === undefined ? status.state : 'connection-lost'
    element.dataset.live = String(!notice)
    parts.notice.hidden = !notice
    setText(parts.noticeTitle, notice?.title ?? '')
    setText(parts.noticeDetail, notice?.detail ?? '')
    setText(parts.age, held ? 'held' : duration(pictureAgeMs))
    speak(notice, result)
    schedule()
  }

  tick()

  return {
    element,
    button,
    tick,
    showStatus(newest) {
      status = newest
      tick()
    },
    showResult(newest) {
      // On its way when detection was switched off; later ones say that it is on again.
      if (performance.now() - offAt < LATE_MS) return
      result = newest
      badge.show(newest)
      why(newest)
      decisions.add(newest)
      strip.push(newest.exit.stage)
      picture.showResult(newest)
    },
    showFrame: picture.put,
    showDrawing: showZones,
    showDetection(enabled) {
      if (enabled === detects) return
      detects = enabled
      offAt = enabled ? Number.NEGATIVE_INFINITY : performance.now()
      // The picture goes on; what was last said of it does not.
      result = undefined
      picture.showResult(undefined)
      if (enabled) badge.clear()
      else badge.showOff()
      schedule()
    },
    overlay: text('overlay'),
    setEditing(editing) {
      element.dataset.editing = String(editing)
      picture.setEditing(editing)
    },
    setHeld(now) {
      held = now
      picture.setHeld(held)
      tick()
    },
    showStats(newest) {
      stats = newest
      schedule()
    },
    showLost(at) {
      // What the old connection still owed is void: the new one starts with fresh credit.
      if (retryAt !== undefined || at !== undefined) picture.reset()
      retryAt = at
      tick()
    },
    resume() {
      picture.resume()
      tick()
    },
  }
}
