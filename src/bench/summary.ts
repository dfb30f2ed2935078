/** What repeated runs of one measurement say. */
export interface Spread {
  readonly runs: number
  readonly median: number
  readonly min: number
  readonly max: number
  /** A quarter of the runs lie below `lowerQuartile`, a quarter above `upperQuartile`. */
  readonly lowerQuartile: number
  readonly upperQuartile: number
}

/** Two series that were measured in turns, compared round by round. */
export interface Comparison {
  /** Ours divided by theirs, one for each round. */
  readonly ratio: Spread
  /** `under` or `over` if every single round says so, else `unclear`. */
  readonly clearly: 'under' | 'over' | 'unclear'
}

/**
 * The value that a share of the numbers does not exceed, interpolated between neighbours as numpy does by default.
 * Infinity may be among them. Throws RangeError if there are none.
 * @param share 0..1
 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('expected at least one number, found none')
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)]!
  const above = sorted[Math.ceil(at)]!
  // apart, because the difference of two infinities is no number
  return below === above ? below : below + (above - below) * (at - Math.floor(at))
}

/** NaN if there are no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Throws RangeError if there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    runs: values.length,
    median: percentile(values, 0.5),
    min: percentile(values, 0),
    max: percentile(values, 1),
    lowerQuartile: percentile(values, 0.25),
    upperQuartile: percentile(values, 0.75),
  }
}

/**
 * Compares two series of positive numbers whose rounds were taken in turns: whatever slows the machine down for a while slows
 * both sides of a round, so their ratio is steadier than either. Throws RangeError unless there are as many of one as of the
 * other, and at least one.
 */
export function compareRounds(ours: readonly number[], theirs: readonly number[]): Comparison {
  if (ours.length !== theirs.length) {
    throw new RangeError(`expected as many rounds of both, found ${ours.length}, ${theirs.length}`)
  }
  const ratio = spreadOf(ours.map((value, round) => value / theirs[round]!))
  return { ratio, clearly: ratio.max < 1 ? 'under' : ratio.min > 1 ? 'over' : 'unclear' }
}
