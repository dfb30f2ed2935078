import type { Result } from '../../events/result.js'

export interface Clock {
  /** Learns from a result how far the service's clock is from this screen's. */
  learn(frame: Result['frame']): void
  /** Learns less exactly from a picture, which was taken before it came: while nobody looks there are no results. */
  learnPicture(capturedWallMs: number): void
  /** Milliseconds since a moment of the service's wall clock. */
  since(wallMs: number): number
  reset(): void
}

/** Results to look back on: a few seconds, so that a clock that is set right is followed. */
const WINDOW = 100

/**
 * A wall tablet's clock may be minutes off. When a result arrives, the service's clock shows its capture time plus its
 * age; what this clock shows more is the difference of the clocks plus the way, and the quickest way comes closest.
 */
export function createClock(): Clock {
  let offsets: number[] = []

  function learn(shownMs: number): void {
    if (!Number.isFinite(shownMs)) return
    offsets.push(Date.now() - shownMs)
    if (offsets.length > WINDOW) offsets.shift()
  }

  return {
    learn: frame => learn(Date.parse(frame.capturedAt) + frame.ageMs),
    learnPicture: learn,
    since(wallMs) {
      const offset = offsets.length > 0 ? Math.min(...offsets) : 0
      return Math.max(0, Date.now() - wallMs - offset)
    },
    reset() {
      offsets = []
    },
  }
}
