import { type Moment, POWER_STAGES, type PowerStage, SPAN_MS } from './power-history.js'

/** Filled, in pixels of the canvas. */
export interface Bar {
  readonly fill: PowerStage | 'p50' | 'max'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where everything of the strip lies: power in the upper lane, latency in the lower one. */
export interface Chart {
  readonly bars: readonly Bar[]
  /** The meter's total above `base`, one polyline for each time that it answered without a break. */
  readonly meter: readonly (readonly { readonly x: number; readonly y: number }[])[]
  /** Watts that the bottom of the upper lane stands for, to the meter; null without one. */
  readonly base: number | null
  /** What the tops of the lanes stand for; null: nothing to show. */
  readonly peakWatts: number | null
  readonly peakMs: number | null
  /** The bottoms of both lanes. */
  readonly floors: readonly [number, number]
}

export interface ChartOptions {
  readonly moments: readonly Moment[]
  readonly everyMs: number
  /** What the board draws when nothing is to be done: the meter is drawn above it. */
  readonly idleWatts: number | null
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/** Of the height; power.css places the figures beside the lanes by the same shares. */
const UPPER = 0.66
const GAP = 0.06

/** The two lanes have one time axis, that ends with the newest moment, and a scale each, that ends with its peak. */
export function layOut({ moments, everyMs, idleWatts, width, height }: ChartOptions): Chart {
  const upper = Math.round(height * UPPER)
  const lower = height - Math.round(height * (UPPER + GAP))
  const endMs = (moments.at(-1)?.atMs ?? 0) + everyMs
  const xOf = (ms: number): number => Math.round(width * (1 - (endMs - ms) / SPAN_MS))

  const base = baseOf(moments, idleWatts)
  const above = (watts: number): number => Math.max(0, watts - (base ?? 0))
  const peakWatts = peakOf(moments.map(({ work, meter }) => Math.max(sum(work), above(meter ?? 0))))
  const peakMs = peakOf(moments.flatMap(({ latencyMs }) => latencyMs?.max ?? []))
  const wattsHeight = (watts: number): number => Math.round((watts / (peakWatts || 1)) * upper)
  const msHeight = (ms: number): number => Math.round((ms / (peakMs || 1)) * lower)

  const bars: Bar[] = []
  const meter: { x: number; y: number }[][] = []
  let brokenOff = true
  for (const [i, { atMs, work, meter: total, latencyMs }] of moments.entries()) {
    const nextMs = moments[i + 1]?.atMs
    // As wide as the time until the next: seconds are never quite one second apart.
    const follows = nextMs !== undefined && nextMs - atMs < 1.5 * everyMs
    const x = Math.max(0, xOf(atMs))
    const right = xOf(follows ? nextMs : atMs + everyMs)

    let watts = 0
    for (const stage of POWER_STAGES) {
      const y = upper - wattsHeight(watts)
      watts += work[stage]
      const top = upper - wattsHeight(watts)
      if (top < y) bars.push({ fill: stage, x, y: top, width: right - x, height: y - top })
    }
    if (latencyMs) {
      const p50 = msHeight(latencyMs.p50)
      const max = msHeight(latencyMs.max)
      bars.push({ fill: 'p50', x, y: height - p50, width: right - x, height: p50 })
      bars.push({ fill: 'max', x, y: height - max, width: right - x, height: max - p50 })
    }
    if (total === null) brokenOff = true
    else {
      if (brokenOff) meter.push([])
      const y = upper - wattsHeight(above(total))
      meter.at(-1)?.push({ x, y }, { x: right, y })
      brokenOff = !follows
    }
  }
  return { bars, meter, base, peakWatts, peakMs, floors: [upper, height] }
}

function sum(work: Moment['work']): number {
  return POWER_STAGES.reduce((watts, stage) => watts + work[stage], 0)
}

function peakOf(values: readonly number[]): number | null {
  return values.length > 0 ? Math.max(...values) : null
}

/** While idle is not known, the least that the meter has seen stands for it. */
function baseOf(moments: readonly Moment[], idleWatts: number | null): number | null {
  const seen = moments.flatMap(({ meter }) => meter ?? [])
  return seen.length > 0 ? (idleWatts ?? Math.min(...seen)) : null
}
