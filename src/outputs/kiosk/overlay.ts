import type { TrackedDetection } from '../../events/result.js'

/** A rectangle in pixels of the canvas. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Light colours, so that the same dark letters read on every chip and the lines show on dark pictures; a dark seam keeps them apart from bright ones. */
const COLOURS = [
  '#7fe3c4',
  '#ffd166',
  '#9ecbff',
  '#ffab91',
  '#d9b8ff',
  '#c5e86c',
  '#ffb3d4',
  '#8fe6f5',
  '#f3c79b',
  '#cdd5e0',
] as const
const INK = '#0b0f12'
const SEAM = 'rgb(11 15 18 / 0.55)'

function colourOf(classId: number): string {
  return COLOURS[Math.abs(classId) % COLOURS.length] ?? COLOURS[0]
}

/** The largest area of this shape in the middle of a canvas. */
export function letterbox(canvas: HTMLCanvasElement, width: number, height: number): Area {
  const scale = Math.min(canvas.width / width, canvas.height / height)
  const w = Math.round(width * scale)
  const h = Math.round(height * scale)
  return {
    x: Math.round((canvas.width - w) / 2),
    y: Math.round((canvas.height - h) / 2),
    width: w,
    height: h,
  }
}

function overlaps(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

/** Where a box lies on the canvas, kept inside the picture. */
function place(detection: TrackedDetection, area: Area): Area {
  const { box } = detection
  const left = Math.max(0, Math.min(1, box.x))
  const top = Math.max(0, Math.min(1, box.y))
  const right = Math.max(left, Math.min(1, box.x + box.width))
  const bottom = Math.max(top, Math.min(1, box.y + box.height))
  return {
    x: Math.round(area.x + left * area.width),
    y: Math.round(area.y + top * area.height),
    width: Math.round((right - left) * area.width),
    height: Math.round((bottom - top) * area.height),
  }
}

function strokeBox(
  context: CanvasRenderingContext2D,
  at: Area,
  colour: string,
  line: number,
  ratio: number,
): void {
  context.lineJoin = 'round'
  context.lineWidth = line + 2 * ratio
  context.strokeStyle = SEAM
  context.strokeRect(at.x, at.y, at.width, at.height)
  context.lineWidth = line
  context.strokeStyle = colour
  context.strokeRect(at.x, at.y, at.width, at.height)
}

/** The chip sits on the box's upper edge, inside where there is no room, and steps down past chips already there. */
function chipPlace(at: Area, width: number, height: number, area: Area, taken: Area[]): Area {
  const x = Math.max(area.x, Math.min(at.x, area.x + area.width - width))
  let y = at.y - height < area.y ? at.y : at.y - height
  let chip = { x, y, width, height }
  const lowest = area.y + area.height - height
  for (let tries = 0; tries < 4 && taken.some(other => overlaps(chip, other)); tries++) {
    y = Math.min(y + height, lowest)
    chip = { x, y, width, height }
  }
  taken.push(chip)
  return chip
}

/** Device pixels of letters and lines, for a picture of this size; `ratio` is device pixels per CSS pixel. */
function sizesFor(area: Area, ratio: number): { readonly size: number; readonly line: number } {
  const size = Math.round(Math.max(12 * ratio, Math.min(26 * ratio, area.height * 0.036)))
  return { size, line: Math.round(Math.max(2 * ratio, size / 8)) }
}

/** Draws boxes over the picture in `area`. */
export function drawBoxes(
  context: CanvasRenderingContext2D,
  area: Area,
  detections: readonly TrackedDetection[],
  alpha: number,
  ratio: number,
): void {
  const { line } = sizesFor(area, ratio)
  context.save()
  context.globalAlpha = alpha
  // The largest first: what is small or in front stays on top.
  const ordered = [...detections].sort(
    (a, b) => b.box.width * b.box.height - a.box.width * a.box.height,
  )
  for (const detection of ordered) {
    strokeBox(context, place(detection, area), colourOf(detection.classId), line, ratio)
  }
  context.restore()
}

/** Draws labels, scores and track ids on the boxes. */
export function drawCaptions(
  context: CanvasRenderingContext2D,
  area: Area,
  detections: readonly TrackedDetection[],
  alpha: number,
  ratio: number,
): void {
  const { size, line } = sizesFor(area, ratio)
  const height = Math.round(size * 1.5)
  const gap = Math.round(size * 0.4)
  const strong = `600 ${size}px system-ui, sans-serif`
  const plain = `400 ${size}px system-ui, sans-serif`
  const taken: Area[] = []
  context.save()
  context.globalAlpha = alpha
  context.textBaseline = 'middle'
  // By track, so that chips do not change places when a box breathes.
  const tracks = [...detections].sort((a, b) => a.trackId - b.trackId)
  for (const detection of tracks) {
    const at = place(detection, area)
    const rest = `${Math.round(detection.score * 100)} %  #${detection.trackId}`
    context.font = strong
    const labelWidth = context.measureText(detection.label).width
    context.font = plain
    const width = Math.ceil(labelWidth + context.measureText(rest).width + 3 * gap)
    const chip = chipPlace(at, width, height, area, taken)
    const middle = chip.y + height / 2
    context.fillStyle = colourOf(detection.classId)
    context.fillRect(chip.x - line / 2, chip.y, width, height)
    context.fillStyle = INK
    context.font = strong
    context.fillText(detection.label, chip.x + gap, middle)
    context.font = plain
    context.fillText(rest, chip.x + labelWidth + 2 * gap, middle)
  }
  context.restore()
}

/** Marks where objects stand, which decides the zone that they are in. */
export function drawFeet(
  context: CanvasRenderingContext2D,
  area: Area,
  detections: readonly TrackedDetection[],
  ratio: number,
): void {
  for (const detection of detections) {
    const at = place(detection, area)
    context.beginPath()
    context.arc(at.x + at.width / 2, at.y + at.height, 5 * ratio, 0, 2 * Math.PI)
    context.fillStyle = colourOf(detection.classId)
    context.fill()
    context.lineWidth = 2 * ratio
    context.strokeStyle = INK
    context.stroke()
  }
}
