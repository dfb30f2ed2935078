import type { Box } from '../lib/box.js'
import { eachPixel, GLYPH_HEIGHT, GLYPH_WIDTH } from './font.js'

/** A box as it is drawn into a picture. */
export interface Caption {
  readonly box: Box
  /** Label and score: the words before the first digit choose the colour, so that a label keeps its own. */
  readonly text: string
}

/** Interleaved RGB that is drawn upon. */
export interface Canvas {
  /** Pixels. */
  readonly width: number
  readonly height: number
  /** [height, width, 3] uint8. */
  readonly rgb: Uint8Array
}

type Colour = readonly [red: number, green: number, blue: number]

const BLACK: Colour = [0, 0, 0]
/** Bright enough for black letters, and apart from each other for eyes that see fewer colours (after Okabe and Ito, 2008). */
const COLOURS: readonly Colour[] = [
  [128, 228, 196],
  [240, 200, 66],
  [120, 190, 250],
  [250, 160, 120],
  [236, 166, 226],
  [190, 224, 96],
  [245, 240, 150],
  [200, 200, 208],
]

/** 2^32 divided by the golden ratio spreads what is multiplied with it (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1

/** A letter is seven font pixels high: from 1/43 of the picture's height upwards. */
const LINES_PER_FONT_PIXEL = 300
const LINES_PER_STROKE = 180

/** A part of the picture in pixels, right and bottom edge excluded. */
interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Draws boxes, then their captions, in the order given. What lies outside the picture is cut off. */
export function drawCaptions(canvas: Canvas, captions: readonly Caption[]): void {
  const { width, height } = canvas
  const scale = Math.ceil(height / LINES_PER_FONT_PIXEL)
  const stroke = Math.max(2, Math.round(height / LINES_PER_STROKE))
  const boxes = captions.map(({ box, text }) => ({
    text,
    colour: colourOf(text),
    area: {
      left: Math.round(box.x * width),
      top: Math.round(box.y * height),
      right: Math.round((box.x + box.width) * width),
      bottom: Math.round((box.y + box.height) * height),
    },
  }))
  for (const { area, colour } of boxes) {
    // a dark rim keeps the line visible on what is as bright as itself
    outline(canvas, grown(area, 1), stroke + 1, BLACK)
    outline(canvas, area, stroke, colour)
  }
  const taken: Area[] = []
  for (const { area, text, colour } of boxes) {
    if (text === '') continue
    const place = placeOf(canvas, area, text, scale, taken)
    taken.push(place)
    fill(canvas, place, colour)
    write(canvas, place, text, scale)
  }
}

/** A caption stands on its box, or hangs inside where there is no room above it, and below captions that are there already. */
function placeOf(
  canvas: Canvas,
  box: Area,
  text: string,
  scale: number,
  taken: readonly Area[],
): Area {
  const width = (text.length * GLYPH_WIDTH + 1) * scale
  const height = (GLYPH_HEIGHT + 1) * scale
  const left = Math.max(0, Math.min(box.left, canvas.width - width))
  let top = box.top >= height ? box.top - height : Math.max(0, box.top)
  const at = (): Area => ({ left, top, right: left + width, bottom: top + height })
  // each goes past one caption at least, so that it ends
  for (const other of taken.toSorted((a, b) => a.top - b.top)) {
    if (overlap(at(), other)) top = other.bottom
  }
  return at()
}

function write(canvas: Canvas, { left, top }: Area, text: string, scale: number): void {
  // thin letters fade when the picture is compressed
  const bold = scale > 1 ? 1 : 0
  eachPixel(text, (x, y) => {
    const px = left + (x + 1) * scale
    const py = top + (y + 1) * scale
    fill(canvas, { left: px, top: py, right: px + scale + bold, bottom: py + scale }, BLACK)
  })
}

function overlap(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

function grown({ left, top, right, bottom }: Area, by: number): Area {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by }
}

function outline(canvas: Canvas, area: Area, stroke: number, colour: Colour): void {
  const { left, top, right, bottom } = area
  fill(canvas, { ...area, bottom: top + stroke }, colour)
  fill(canvas, { ...area, top: bottom - stroke }, colour)
  fill(canvas, { ...area, right: left + stroke }, colour)
  fill(canvas, { ...area, left: right - stroke }, colour)
}

function fill(
  { width, height, rgb }: Canvas,
  { left, top, right, bottom }: Area,
  [red, green, blue]: Colour,
): void {
  const from = Math.max(0, left)
  const to = Math.min(width, right)
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++) {
    for (let x = from, i = (y * width + from) * 3; x < to; x++, i += 3) {
      rgb[i] = red
      rgb[i + 1] = green
      rgb[i + 2] = blue
    }
  }
}

/** The same for the same label, in every picture and after every start. */
function colourOf(text: string): Colour {
  let hash = 0
  for (const letter of text.replace(/\s*\d.*$/s, ''))
    hash = Math.imul(hash ^ letter.charCodeAt(0), GOLDEN)
  return COLOURS[(hash >>> 16) % COLOURS.length]!
}
