/** Numbers along an axis. */
export interface Ticks {
  /** Rising and evenly spaced; the first and last enclose the data. */
  readonly values: readonly number[]
  /** What is written at each. */
  readonly labels: readonly string[]
}

/**
 * Round numbers, 1, 2 or 5 times a power of ten apart, that enclose a range.
 * @param most steps between them at most, at least 2
 */
export function roundTicks(low: number, high: number, most: number): Ticks {
  if (low === high) {
    // a single number stands in the middle of a range of its own size
    const half = Math.abs(low) / 2 || 0.5
    return roundTicks(low - half, high + half, most)
  }
  const step = roundUp((high - low) / (most - 1))
  const first = Math.floor(tidy(low / step))
  const last = Math.ceil(tidy(high / step))
  const values = Array.from({ length: last - first + 1 }, (_, at) => tidy((first + at) * step))
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  const format = new Intl.NumberFormat('en', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return { values, labels: values.map(value => format.format(value)) }
}

/** The next of 1, 2, 5, 10 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * [1, 2, 5, 10].find(factor => value <= factor * power * (1 + 1e-9))!
}

/** Without the last digits of a division, which are noise: 0.3, not 0.30000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(12))
}
