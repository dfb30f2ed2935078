/** The last so many numbers of a series, for medians and tails of what happens now. */
export interface Window {
  add(value: number): void
  /** The value that `share` (0..1) of the kept numbers do not exceed; null if there are none. */
  quantile(share: number): number | null
  mean(): number | null
}

export function createWindow(size: number): Window {
  const values = new Float64Array(size)
  let count = 0
  let next = 0
  return {
    add(value) {
      values[next] = value
      next = (next + 1) % size
      count = Math.min(size, count + 1)
    },
    quantile(share) {
      if (count === 0) return null
      const sorted = values.slice(0, count).sort()
      return sorted[Math.min(count - 1, Math.floor(share * count))]!
    },
    mean() {
      if (count === 0) return null
      let sum = 0
      for (let i = 0; i < count; i++) sum += values[i]!
      return sum / count
    },
  }
}
