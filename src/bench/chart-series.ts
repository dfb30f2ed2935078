import type { Series } from './chart.js'
import { colourClass } from './chart-style.js'
import { type Anchor, type Area, type PlacedLabel, placeLabels } from './labels.js'
import { line, pixel, text } from './svg.js'

interface Place {
  readonly x: number
  readonly y: number
}

/** Half the size of what a mark keeps free of text, in pixels. */
const CLEAR = 5

/** The confidence band of a series whose values are pixels. @param at its number, which gives the colour */
export function drawBand({ kind, points }: Series, at: number): string {
  const colour = colourClass(at)
  const banded = points.flatMap(({ x, band }) => (band === undefined ? [] : [{ x, ...band }]))
  if (kind === 'scatter') {
    return banded.map(({ x, low, high }) => line(`whisker ${colour}`, x, low, x, high)).join('')
  }
  if (banded.length === 0) return ''
  const outline = [
    ...banded.map(({ x, high }) => `${pixel(x)},${pixel(high)}`),
    ...banded.reverse().map(({ x, low }) => `${pixel(x)},${pixel(low)}`),
  ]
  return `<polygon class="band ${colour}" points="${outline.join(' ')}"/>`
}

/** The line or points of a series whose values are pixels. @param at its number, which gives the colour */
export function drawMarks({ kind, points }: Series, at: number): string {
  const colour = colourClass(at)
  const places = points.map(({ x, y }) => [pixel(x), pixel(y)])
  if (kind === 'line') return `<polyline class="line ${colour}" points="${places.join(' ')}"/>`
  return places.map(([x, y]) => `<circle class="${colour}" cx="${x}" cy="${y}" r="4"/>`).join('')
}

/** The names of series and the labels of points, values being pixels, off all marks and whiskers where there is room. */
export function labelSeries(series: readonly Series[], bounds: Area): string[] {
  const anchors: Anchor[] = []
  const looks: string[] = []
  for (const [at, { name, kind, points }] of series.entries()) {
    for (const [index, { x, y, label }] of points.entries()) {
      const own = label ?? (index === points.length - 1 ? name : undefined)
      if (own === undefined) continue
      anchors.push({
        x,
        y,
        text: own,
        kind: kind === 'line' && label === undefined ? 'end' : 'point',
      })
      looks.push(label === undefined ? `name ${colourClass(at)}` : colourClass(at))
    }
  }
  const obstacles = series.flatMap(marksOf).map(clear)
  return placeLabels(anchors, obstacles, bounds).map((label, index) => {
    const look = looks[index]!
    const written = text(look, label.x, label.y, label.align, label.text)
    return label.isFar ? leader(look, anchors[index]!, label) + written : written
  })
}

/** A thin line from a mark to its label. */
function leader(look: string, from: Place, { x, y, align }: PlacedLabel): string {
  const direction = align === 'end' ? -1 : 1
  return line(`leader ${look}`, from.x + direction * CLEAR, from.y, x - 2 * direction, y - CLEAR)
}

/** Where the ink of a series is. */
function marksOf({ kind, points }: Series): Place[] {
  if (kind === 'line') return points.flatMap((from, at) => along(from, points[at + 1] ?? from))
  return points.flatMap(({ x, y, band }) => [
    { x, y },
    ...(band === undefined ? [] : along({ x, y: band.low }, { x, y: band.high })),
  ])
}

/** Points every few pixels from one place to another, the last left out. */
function along(from: Place, to: Place): Place[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / CLEAR))
  return Array.from({ length: steps }, (_, step) => ({
    x: from.x + ((to.x - from.x) * step) / steps,
    y: from.y + ((to.y - from.y) * step) / steps,
  }))
}

function clear({ x, y }: Place): Area {
  return { left: x - CLEAR, top: y - CLEAR, right: x + CLEAR, bottom: y + CLEAR }
}
