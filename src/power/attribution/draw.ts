import type { StageTimings } from '../../cascade/detection.js'
import { dot, type Matrix, quadratic } from '../../lib/matrix.js'
import { round } from '../../lib/round.js'
import type { Difference, FrameEnergy, Knowledge } from '../energy.js'

export const STAGES = ['decode', 'gate', 'scout', 'expert'] as const

/** What keeps the processor busy: the stages, and all else that runs on the board. */
export const SOURCES = [...STAGES, 'other'] as const

/** All stages as busy as each other: by it the uncertainty of the whole is told while nothing runs. */
export const ALL_STAGES: readonly number[] = [1, 1, 1, 1, 0]

/** What the board draws above idle while one of the sources is busy, in their order. */
export interface Draw {
  readonly watts: readonly number[]
  /** W², of what they do not err in together. */
  readonly covariance: Matrix
  /** Relative, one standard deviation, of what they all err in together: the meter's gain, the board's figure. */
  readonly scale: number
}

/** Relative; above it nothing is known any more, and a larger figure would tell no more. */
const NOTHING_KNOWN = 10

/** Millijoules above idle of one frame. */
export function energyOf(draw: Draw, timings: StageTimings, knowledge: Knowledge): FrameEnergy {
  const [decode = 0, gate = 0, scout = 0, expert = 0] = draw.watts
  const energy = {
    decode: round(timings.decode * decode, 3),
    gate: round(timings.gate * gate, 3),
    scout: round(timings.scout * scout, 3),
    expert: round(timings.expert * expert, 3),
  }
  const { method, scope } = knowledge
  return {
    total: round(energy.decode + energy.gate + energy.scout + energy.expert, 3),
    ...energy,
    method,
    scope,
    uncertainty: round(uncertaintyOf(draw, millisecondsOf(timings)), 3),
  }
}

/**
 * Relative, one standard deviation, of what such a mix of work draws; of all stages alike while there is none.
 * @param busy time of each source, in any unit
 */
export function uncertaintyOf(draw: Draw, busy: readonly number[]): number {
  const mix = busy.some(time => time > 0) ? busy : ALL_STAGES
  const own = Math.sqrt(quadratic(draw.covariance, mix))
  if (own === 0) return draw.scale
  return Math.min(NOTHING_KNOWN, Math.hypot(own / dot(draw.watts, mix), draw.scale))
}

/**
 * Whether one way of looking costs more than another can be told in spite of a scale that both share, as a wrong gain of the
 * meter: it cannot change the sign. So the test is against what they do not err in together; the uncertainty has all.
 */
export function differenceOf(draw: Draw, less: StageTimings, more: StageTimings): Difference {
  const before = millisecondsOf(less)
  const busy = millisecondsOf(more).map((ms, i) => ms - before[i]!)
  const millijoules = dot(draw.watts, busy)
  const own = Math.sqrt(quadratic(draw.covariance, busy))
  if (millijoules === 0 || Math.abs(millijoules) < 3 * own) return { distinguishable: false }
  return {
    distinguishable: true,
    millijoules,
    uncertainty: Math.hypot(own, draw.scale * millijoules),
  }
}

/** In the order of the sources. */
export function millisecondsOf({ decode, gate, scout, expert }: StageTimings): number[] {
  return [decode, gate, scout, expert, 0]
}
