import type { Way } from './album-run.js'
import {
  averagePrecision,
  type Band,
  bootstrap,
  type JudgedPicture,
  type TrueBox,
} from './average-precision.js'
import { mean } from './summary.js'

/** Shares of the pictures that the expert is asked about. */
const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
const DRAWS = 200
const SEED = 1

/** One picture: what is there, what each way found and took (medians over the runs). */
export interface RoutedPicture {
  readonly truth: readonly TrueBox[]
  readonly doubt: number
  readonly looks: Readonly<Record<Way, Pick<JudgedPicture, 'detections'> & { cpuMs: number }>>
}

/** One operating point of the cascade. */
export interface RoutingPoint {
  /** Share of the pictures that the expert was asked about. */
  readonly asked: number
  /** The policy's setting that does so: the most doubt that was not asked about, 0 if all were; infinite if none was. */
  readonly doubtLimit: number
  /** Mean processor milliseconds per picture. */
  readonly cpuMs: number
  readonly ap50: number
  readonly band: Band
  /** AP50 above the straight line between the two models, at the same time: what routing is worth more than chance. */
  readonly gain: number
  readonly gainBand: Band
}

export interface Routing {
  readonly scout: { readonly cpuMs: number; readonly ap50: number }
  readonly expert: { readonly cpuMs: number; readonly ap50: number }
  readonly points: readonly RoutingPoint[]
}

/** What accuracy the cascade buys with how much time, from asking about no picture to asking about all, the doubtful ones first. */
export function routingOf(pictures: readonly RoutedPicture[]): Routing {
  const found = (way: Way): JudgedPicture[] =>
    pictures.map(({ truth, looks }) => ({ truth, detections: looks[way].detections }))
  const time = (way: Way) => mean(pictures.map(({ looks }) => looks[way].cpuMs))
  const scoutSet = found('scout-only')
  const expertSet = found('expert-only')
  const scout = { cpuMs: time('scout-only'), ap50: averagePrecision(scoutSet).ap50 }
  const expert = { cpuMs: time('expert-only'), ap50: averagePrecision(expertSet).ap50 }
  const order = pictures.map((_, i) => i).sort((a, b) => pictures[b]!.doubt - pictures[a]!.doubt)

  function pointAt(share: number): RoutingPoint {
    const count = Math.round(share * pictures.length)
    const asked = new Set(order.slice(0, count))
    const ways = pictures.map((_, i): Way => (asked.has(i) ? 'always-ask' : 'never-ask'))
    const routed = pictures.map(({ truth, looks }, i): JudgedPicture => {
      return { truth, detections: looks[ways[i]!].detections }
    })
    const cpuMs = mean(pictures.map(({ looks }, i) => looks[ways[i]!].cpuMs))
    const { ap50 } = averagePrecision(routed)
    const along = (cpuMs - scout.cpuMs) / (expert.cpuMs - scout.cpuMs)
    const above = (ours: number, low: number, high: number) => ours - low - (high - low) * along
    return {
      asked: share,
      doubtLimit: count === 0 ? Number.POSITIVE_INFINITY : (pictures[order[count]!]?.doubt ?? 0),
      cpuMs,
      ap50,
      band: bootstrap([routed], ([ours]) => ours!.ap50, DRAWS, SEED),
      gain: above(ap50, scout.ap50, expert.ap50),
      gainBand: bootstrap(
        [routed, scoutSet, expertSet],
        ([ours, low, high]) => above(ours!.ap50, low!.ap50, high!.ap50),
        DRAWS,
        SEED,
      ),
    }
  }

  return { scout, expert, points: SHARES.map(pointAt) }
}
