import type { CameraStatus } from '../../camera/camera.js'
import type { Stage } from '../../cascade/detection.js'
import type { Result } from '../../events/result.js'
import type { VideoFrame } from '../client/protocol.js'
import type { Clock } from './clock.js'
import { createDecisionList } from './decision-list.js'
import { fitCanvas, part, setEye, setText } from './dom.js'
import { createFrameDecoder, type Shown } from './frame-decoder.js'
import { duration } from './numbers.js'
import { drawBoxes, letterbox } from './overlay.js'
import { createPanel } from './panel.js'
import { createSpeaker } from './speaker.js'
import { noticeFor } from './state.js'
import type { CameraStats } from './stats.js'
import { createStrip } from './strips.js'
import { createWhy } from './why.js'
import { inView, reasonWords } from './words.js'

/** Boxes that are this much older than the picture are not drawn as if they were true; then they fade. */
const BOXES_MS = 2000
const FADE_MS = 500
/** Numbers that change faster than this cannot be read. */
const PANEL_MS = 300

export interface View {
  readonly element: HTMLElement
  readonly button: HTMLButtonElement
  showStatus(status: CameraStatus): void
  showResult(result: Result): void
  showFrame(frame: VideoFrame): void
  showStats(stats: CameraStats | undefined): void
  /** Undefined: connected. */
  showLost(retryAt: number | undefined): void
  /** Called a few times a second: ages, notices. */
  tick(): void
  resume(): void
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
  const context = canvas.getContext('2d', { alpha: true })
  const parts = {
    age: text('age'),
    eye: part(element, 'eye', SVGUseElement),
    stage: text('stage'),
    reason: text('reason'),
    sentence: text('sentence'),
    notice: text('notice'),
    noticeTitle: text('notice-title'),
    noticeDetail: text('notice-detail'),
  }
  const button = part(element, 'open', HTMLButtonElement)
  const panel = createPanel(element)
  const why = createWhy(element)
  const decisions = createDecisionList(element, options.status.id, signal)
  const speak = createSpeaker(text('spoken'), canvas, options.status.id)
  const strip = createStrip(part(element, 'strip', HTMLCanvasElement), schedule, signal)
  const decoder = createFrameDecoder({ onReady: schedule, signal })

  const name = options.status.id
  let status = options.status
  let result: Result | undefined
  let resultAt = 0
  let stats: CameraStats | undefined
  let retryAt: number | undefined
  let shown: Shown | undefined
  let scheduled = 0
  let pictureDirty = true
  let panelStage: Stage | undefined
  let panelAt = Number.NEGATIVE_INFINITY

  element.dataset.testid = `camera-${name}`
  setText(text('camera'), name)
  button.setAttribute('aria-label', `Show ${name} alone`)
  button.addEventListener('click', options.onChoose, { signal })
  fitCanvas(canvas, touchPicture, signal)
  signal.addEventListener('abort', () => {
    cancelAnimationFrame(scheduled)
    shown?.bitmap.close()
    element.remove()
  })

  function schedule(): void {
    if (scheduled === 0 && !signal.aborted) scheduled = requestAnimationFrame(paint)
  }

  function touchPicture(): void {
    pictureDirty = true
    schedule()
  }

  function paint(): void {
    scheduled = 0
    const next = decoder.take()
    if (next) {
      shown?.bitmap.close()
      shown = next
      element.dataset.frameId = String(next.id)
    }
    if (next || pictureDirty) paintPicture()
    strip.paint()
    decisions.paint()
    const due = performance.now() - panelAt >= PANEL_MS
    // The numbers are always those of the stage that the badge names.
    if (due || result?.exit.stage !== panelStage) paintPanel()
  }

  function paintPicture(): void {
    const size = shown?.bitmap ?? result?.frame
    if (!context || !size || canvas.width === 0) return
    pictureDirty = false
    const area = letterbox(canvas, size.width, size.height)
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.imageSmoothingQuality = 'medium'
    if (shown) context.drawImage(shown.bitmap, area.x, area.y, area.width, area.height)
    const late = shown ? Math.abs(shown.capturedWallMs - resultAt) - BOXES_MS : 0
    const alpha = Math.min(1, Math.max(0, 1 - late / FADE_MS))
    const boxes = alpha > 0 && result ? result.detections : []
    drawBoxes(context, area, boxes, alpha, window.devicePixelRatio)
    element.dataset.boxes = String(boxes.length)
    element.dataset.labels = boxes.map(({ label }) => label).join(',')
  }

  function paintPanel(): void {
    panelAt = performance.now()
    panelStage = result?.exit.stage
    panel({ result, stats, status })
  }

  function tick(): void {
    const pictureAgeMs = shown && clock.since(shown.capturedWallMs)
    const notice = noticeFor({ status, retryAt, pictureAgeMs })
    element.dataset.state = retryAt === undefined ? status.state : 'connection-lost'
    element.dataset.live = String(!notice)
    parts.notice.hidden = !notice
    setText(parts.noticeTitle, notice?.title ?? '')
    setText(parts.noticeDetail, notice?.detail ?? '')
    setText(parts.age, duration(pictureAgeMs))
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
      result = newest
      resultAt = Date.parse(newest.frame.capturedAt)
      const { stage, reason } = newest.exit
      element.dataset.exit = `${stage}/${reason}`
      element.dataset.stage = stage
      setEye(parts.eye, stage)
      setText(parts.stage, stage)
      setText(parts.reason, reasonWords(reason))
      setText(parts.sentence, inView(newest))
      why(newest)
      decisions.add(newest)
      strip.push(stage)
      touchPicture()
    },
    showFrame: frame => decoder.put(frame),
    showStats(newest) {
      stats = newest
      schedule()
    },
    showLost(at) {
      // What the old connection still owed is void: the new one starts with fresh credit.
      if (retryAt !== undefined || at !== undefined) decoder.reset()
      retryAt = at
      tick()
    },
    resume() {
      decoder.resume()
      tick()
    },
  }
}
