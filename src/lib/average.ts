/** The mean of a series in which old values fade. */
export interface Average {
  /** @param seconds since the last value; what has gone before counts less by so much */
  add(value: number, seconds: number): void
  /** Exact from the first value on; NaN before it. */
  mean(): number
}

/** @param timeConstant seconds after which a value counts 37 % */
export function createAverage(timeConstant: number): Average {
  let sum = 0
  let weight = 0
  return {
    add(value, seconds) {
      const kept = Math.exp(-seconds / timeConstant)
      sum = sum * kept + value
      weight = weight * kept + 1
    },
    mean: () => sum / weight,
  }
}
