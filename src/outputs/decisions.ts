import type { Judged } from '../cascade/detection.js'
import type { Result } from '../events/result.js'

/** Frames that are kept per camera: half a minute of a fast one. */
const KEPT = 512

/** Why one frame was looked at as hard as it was, with all numbers that this was decided on. */
export type Decision = Pick<
  Result,
  'camera' | 'frame' | 'exit' | 'budget' | 'timingsMs' | 'energyMj'
> & {
  /** The scout's candidates, and what each meant; empty if it did not look. */
  readonly candidates: readonly Judged[]
}

/** The last decisions of each camera. */
export interface Decisions {
  add(result: Result, candidates: readonly Judged[]): void
  /**
   * @param upTo the newest frame wanted; left out: the newest there is
   * @returns at most `limit`, newest first
   */
  list(camera: string, limit: number, upTo?: number): Decision[]
}

export function createDecisions(kept = KEPT): Decisions {
  const decisions = new Map<string, Decision[]>()
  return {
    add({ camera, frame, exit, budget, timingsMs, energyMj }, candidates) {
      const known = decisions.get(camera) ?? []
      decisions.set(camera, known)
      known.push({ camera, frame, exit, budget, timingsMs, energyMj, candidates })
      if (known.length > kept) known.shift()
    },
    list(camera, limit, upTo = Number.POSITIVE_INFINITY) {
      const known = decisions.get(camera) ?? []
      return known
        .filter(({ frame }) => frame.id <= upTo)
        .slice(-limit)
        .reverse()
    },
  }
}
