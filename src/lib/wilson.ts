/** A share that was counted, and how well it is known. */
export interface Proportion {
  /** 0..1; null if nothing was counted. */
  readonly share: number | null
  /** Bounds of the 95 % interval, 0..1. */
  readonly low: number
  readonly high: number
}

/** The normal distribution's 97.5 % point. */
const Z = 1.959964

/**
 * The score interval (Wilson 1927, JASA 22:209): unlike the usual one it stays within 0..1 and is honest for few trials
 * and for shares near 1. It takes the trials as independent.
 */
export function wilson(successes: number, trials: number): Proportion {
  if (trials === 0) return { share: null, low: 0, high: 1 }
  const share = successes / trials
  const scale = 1 + Z ** 2 / trials
  const centre = (share + Z ** 2 / (2 * trials)) / scale
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / trials + Z ** 2 / (4 * trials ** 2))
  return { share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
