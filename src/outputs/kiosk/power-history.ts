import { isNumber, isText, listOf, nullable, shape } from '../client/guards.js'

/** What work is attributed to, from the bottom of the strip to its top. */
export const POWER_STAGES = ['decode', 'gate', 'scout', 'expert', 'audit'] as const
export type PowerStage = (typeof POWER_STAGES)[number]

/** One complete period of the whole service, as `/api/power/history` has it. */
export interface PowerPoint {
  /** When it began or ended, by the service's clock. */
  readonly at: string
  /** Above idle. */
  readonly millijoules: { readonly [S in PowerStage]: number }
  readonly latencyMs: { readonly p50: number; readonly max: number } | null
  /** All that the meter saw. */
  readonly watts: number | null
}

export interface PowerHistory {
  readonly everySeconds: number
  /** Oldest first. */
  readonly points: readonly PowerPoint[]
}

const isTime = (value: unknown): value is string =>
  isText(value) && Number.isFinite(Date.parse(value))

const isPeriod = (value: unknown): value is number => isNumber(value) && value > 0

/** A service of another age may tell more of a point: it is not looked at. */
export const isHistory = shape<PowerHistory>({
  everySeconds: isPeriod,
  points: listOf(
    shape<PowerPoint>({
      at: isTime,
      millijoules: shape<PowerPoint['millijoules']>({
        decode: isNumber,
        gate: isNumber,
        scout: isNumber,
        expert: isNumber,
        audit: isNumber,
      }),
      latencyMs: nullable(
        shape<NonNullable<PowerPoint['latencyMs']>>({ p50: isNumber, max: isNumber }),
      ),
      watts: nullable(isNumber),
    }),
  ),
})

/** A point in the units that the strip draws. */
export interface Moment {
  /** Milliseconds since 1970, by the service's clock. */
  readonly atMs: number
  /** Watts above idle. */
  readonly work: { readonly [S in PowerStage]: number }
  /** Watts of all that the meter saw. */
  readonly meter: number | null
  readonly latencyMs: PowerPoint['latencyMs']
}

export const SPAN_MS = 120_000
/** Asked for beyond what must be new: seconds that were incomplete, and the way here. */
const MARGIN_S = 3

/** Seconds to ask for, so long after the last answer: all of them at first. */
export function secondsToAsk(sinceAnswerMs: number | undefined): number {
  const span = SPAN_MS / 1000
  if (sinceAnswerMs === undefined) return span
  return Math.min(span, Math.ceil(sinceAnswerMs / 1000) + MARGIN_S)
}

/** The points of an answer as moments; millijoules of so many seconds make watts. */
export function momentsOf({ everySeconds, points }: PowerHistory): readonly Moment[] {
  const watts = (millijoules: number): number => millijoules / 1000 / everySeconds
  return points.map(({ at, millijoules: mj, watts: meter, latencyMs }) => ({
    atMs: Date.parse(at),
    work: {
      decode: watts(mj.decode),
      gate: watts(mj.gate),
      scout: watts(mj.scout),
      expert: watts(mj.expert),
      audit: watts(mj.audit),
    },
    meter,
    latencyMs,
  }))
}

/**
 * What is known after an answer: of the time that it tells of, it knows better. A clock that was set back thus takes away
 * what would now lie in the future, and nothing is there twice. The same array if the answer has nothing new.
 */
export function fold(known: readonly Moment[], answer: readonly Moment[]): readonly Moment[] {
  const first = answer[0]
  const last = answer.at(-1)
  if (!first || !last || last.atMs === known.at(-1)?.atMs) return known
  const before = known.filter(({ atMs }) => atMs < first.atMs)
  return [...before, ...answer].filter(({ atMs }) => atMs > last.atMs - SPAN_MS)
}
