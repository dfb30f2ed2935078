import { drawBand, drawMarks, labelSeries } from './chart-series.js'
import { CHART_STYLE } from './chart-style.js'
import { type Area, textWidth } from './labels.js'
import { escapeXml, line, text } from './svg.js'
import { roundTicks, type Ticks } from './ticks.js'

export interface ChartPoint {
  readonly x: number
  readonly y: number
  /** Confidence band of `y`: an area along a line, a whisker on a point of its own. */
  readonly band?: { readonly low: number; readonly high: number }
  /** Written beside the point. */
  readonly label?: string
}

export interface Series {
  /** Written beside the last point, unless that has a label. */
  readonly name?: string
  /** `line` joins the points in their order. */
  readonly kind: 'line' | 'scatter'
  readonly points: readonly ChartPoint[]
}

export interface Axis {
  readonly label: string
  /** A value that the axis reaches at least, say 0. */
  readonly include?: number
}

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

/** Pixels. */
const WIDTH = 760
const HEIGHT = 440
const MARGIN = { left: 28, top: 60, right: 24, bottom: 60 }
/** Steps between ticks at most. */
const STEPS = { x: 9, y: 7 }

/** From a value to pixels. */
type Scale = (value: number) => number

/**
 * A chart of lines and points as a self-contained SVG: no script, no fonts to load, names beside what they name, right on light
 * and dark pages. Throws RangeError if there is no point, or one that is not finite.
 */
export function chartSvg({ title, x, y, series }: Chart): string {
  const points = series.flatMap(one => one.points)
  const xTicks = ticksFor(
    points.map(point => point.x),
    x,
    STEPS.x,
  )
  const heights = points.flatMap(point => [point.y, ...Object.values(point.band ?? {})])
  const yTicks = ticksFor(heights, y, STEPS.y)
  const plot = plotArea(series, xTicks, yTicks)
  const toX = scaleOf(xTicks, plot.left, plot.right)
  const toY = scaleOf(yTicks, plot.bottom, plot.top)
  const drawn = series.map(one => toPixels(one, toX, toY))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="squint-chart" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${CHART_STYLE}</style>`,
    text('title', plot.left, 26, 'start', title),
    text('quiet', plot.left, 47, 'start', y.label),
    text('quiet', (plot.left + plot.right) / 2, HEIGHT - 16, 'middle', x.label),
    ...yTicks.values.map((value, at) => drawRow(plot, toY(value), yTicks.labels[at]!, at === 0)),
    ...xTicks.values.map((value, at) => drawColumn(plot, toX(value), xTicks.labels[at]!)),
    ...drawn.map(drawBand),
    ...drawn.map(drawMarks),
    // a label may stand in the margin that names of lines have to the right
    ...labelSeries(drawn, { ...plot, right: WIDTH }),
    '</svg>\n',
  ].join('\n')
}

function ticksFor(values: readonly number[], { include }: Axis, most: number): Ticks {
  if (values.length === 0 || !values.every(Number.isFinite)) {
    throw new RangeError('expected finite points to draw, at least one')
  }
  const all = include === undefined ? values : [...values, include]
  return roundTicks(Math.min(...all), Math.max(...all), most)
}

function scaleOf({ values }: Ticks, from: number, to: number): Scale {
  const [first, last] = [values[0]!, values.at(-1)!]
  return value => from + ((value - first) / (last - first)) * (to - from)
}

/** What the numbers at the axes and the names of lines on the right leave. */
function plotArea(series: readonly Series[], xTicks: Ticks, yTicks: Ticks): Area {
  const names = series.flatMap(({ kind, name = '' }) => (kind === 'line' ? [name] : []))
  return {
    left: MARGIN.left + Math.max(...yTicks.labels.map(textWidth)),
    top: MARGIN.top,
    right:
      WIDTH -
      MARGIN.right -
      Math.max(textWidth(xTicks.labels.at(-1)!) / 2, ...names.map(textWidth)),
    bottom: HEIGHT - MARGIN.bottom,
  }
}

function toPixels(series: Series, toX: Scale, toY: Scale): Series {
  const points = series.points.map(({ x, y, band, ...rest }) => ({
    ...rest,
    x: toX(x),
    y: toY(y),
    ...(band && { band: { low: toY(band.low), high: toY(band.high) } }),
  }))
  return { ...series, points }
}

function drawRow(plot: Area, y: number, label: string, isAxis: boolean): string {
  return (
    line(isAxis ? 'axis' : 'grid', plot.left, y, plot.right, y) +
    text('quiet', plot.left - 10, y + 4.5, 'end', label)
  )
}

function drawColumn(plot: Area, x: number, label: string): string {
  return (
    line('axis', x, plot.bottom, x, plot.bottom + 5) +
    text('quiet', x, plot.bottom + 21, 'middle', label)
  )
}
