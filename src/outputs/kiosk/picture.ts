import type { Result } from '../../events/result.js'
import type { VideoFrame } from '../client/protocol.js'
import { fitCanvas, part } from './dom.js'
import { createFrameDecoder, type Shown } from './frame-decoder.js'
import { type Area, drawBoxes, drawCaptions, drawFeet, letterbox } from './overlay.js'

/** Boxes that are this much older than the picture are not drawn as if they were true; then they fade. */
const BOXES_MS = 2000
const FADE_MS = 500
/** Boxes while somebody draws zones. */
const FAINT = 0.35

export interface PictureOptions {
  readonly tile: HTMLElement
  readonly canvas: HTMLCanvasElement
  /** Something is to be painted. */
  readonly onChange: () => void
  readonly signal: AbortSignal
}

export interface Picture {
  put(frame: VideoFrame): void
  showResult(result: Result | undefined): void
  /** Draws if there is something new. */
  paint(): void
  /** When it was taken, in milliseconds since 1970 by the service's clock; undefined before the first. */
  takenAtMs(): number | undefined
  /** It stands still, and no frames are sent for it. */
  setHeld(held: boolean): void
  /** Zones are being drawn: where objects stand is what counts. */
  setEditing(editing: boolean): void
  resume(): void
  reset(): void
}

/** The live picture with its boxes, and the element over it that is exactly as large. */
export function createPicture({ tile, canvas, onChange, ...options }: PictureOptions): Picture {
  const context = canvas.getContext('2d', { alpha: true })
  const overlay = part(tile, 'overlay', HTMLElement)
  const decoder = createFrameDecoder({ onReady: onChange, ...options })
  let result: Result | undefined
  let shown: Shown | undefined
  let dirty = true
  let held = false
  let editing = false
  let placed = ''

  function touch(): void {
    dirty = true
    onChange()
  }

  fitCanvas(canvas, touch, options.signal)
  options.signal.addEventListener('abort', () => shown?.bitmap.close())

  function paint(): void {
    const next = held ? undefined : decoder.take()
    if (next) {
      shown?.bitmap.close()
      shown = next
      tile.dataset.frameId = String(next.id)
    }
    const size = shown?.bitmap ?? result?.frame
    if (!(next || dirty) || !context || !size || canvas.width === 0) return
    dirty = false
    const area = letterbox(canvas, size.width, size.height)
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.imageSmoothingQuality = 'medium'
    if (shown) context.drawImage(shown.bitmap, area.x, area.y, area.width, area.height)
    paintBoxes(context, area)
    placeOverlay(area)
  }

  function paintBoxes(on: CanvasRenderingContext2D, area: Area): void {
    const takenAt = result ? Date.parse(result.frame.capturedAt) : 0
    const late = shown ? Math.abs(shown.capturedWallMs - takenAt) - BOXES_MS : 0
    const alpha = Math.min(1, Math.max(0, 1 - late / FADE_MS))
    const boxes = alpha > 0 && result ? result.detections : []
    const ratio = window.devicePixelRatio
    drawBoxes(on, area, boxes, editing ? alpha * FAINT : alpha, ratio)
    if (editing) drawFeet(on, area, boxes, ratio)
    else drawCaptions(on, area, boxes, alpha, ratio)
    tile.dataset.boxes = String(boxes.length)
    tile.dataset.labels = boxes.map(({ label }) => label).join(',')
  }

  function placeOverlay(area: Area): void {
    const text = `${area.x} ${area.y} ${area.width} ${area.height} ${window.devicePixelRatio}`
    if (text === placed) return
    placed = text
    for (const side of ['x', 'y', 'width', 'height'] as const) {
      overlay.style.setProperty(`--picture-${side}`, `${area[side] / window.devicePixelRatio}px`)
    }
  }

  return {
    put: decoder.put,
    paint,
    takenAtMs: () => shown?.capturedWallMs,
    resume: decoder.resume,
    reset: decoder.reset,
    showResult(newest) {
      result = newest
      touch()
    },
    setHeld(now) {
      held = now
      touch()
    },
    setEditing(now) {
      editing = now
      touch()
    },
  }
}
