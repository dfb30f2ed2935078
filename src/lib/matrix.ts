/** Small symmetric positive definite matrices, row by row. */
export type Matrix = readonly (readonly number[])[]

export function multiply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map(row => dot(row, vector))
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

/** The value of a quadratic form: the variance of a weighted sum, if the matrix is a covariance. */
export function quadratic(matrix: Matrix, vector: readonly number[]): number {
  return dot(vector, multiply(matrix, vector))
}

/** By Gauss and Jordan, without pivoting: that is safe as long as the matrix is symmetric and positive definite. */
export function invert(matrix: Matrix): number[][] {
  const size = matrix.length
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let i = 0; i < size; i++) {
    const pivot = rows[i]!
    const divisor = pivot[i]!
    for (let j = 0; j < pivot.length; j++) pivot[j]! /= divisor
    for (let k = 0; k < size; k++) {
      const factor = rows[k]![i]!
      if (k === i || factor === 0) continue
      for (let j = 0; j < pivot.length; j++) rows[k]![j]! -= factor * pivot[j]!
    }
  }
  return rows.map(row => row.slice(size))
}

/**
 * The x >= 0 that minimises x'Ax / 2 - b'x: least squares without negative coefficients, given its normal equations.
 * Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.
 */
export function solveNonNegative(a: Matrix, b: readonly number[]): number[] {
  const x = b.map(() => 0)
  const free = new Set<number>()
  const tolerance = 1e-10 * Math.max(...b.map(Math.abs))
  // each round frees one; a set is never seen twice, so that this bound is only for arithmetic that is not exact
  for (let round = 0; round < 3 * b.length; round++) {
    const gradient = multiply(a, x).map((value, i) => b[i]! - value)
    const steepest = gradient.reduce(
      (best, value, i) => (!free.has(i) && value > (gradient[best] ?? tolerance) ? i : best),
      -1,
    )
    if (steepest < 0) break
    free.add(steepest)
    settle(a, b, x, free)
  }
  return x
}

/** Solves for the free coefficients; those that would turn negative are bound to 0. */
function settle(a: Matrix, b: readonly number[], x: number[], free: Set<number>): void {
  for (;;) {
    const indices = [...free]
    const block = invert(indices.map(i => indices.map(j => a[i]![j]!)))
    const wanted = multiply(
      block,
      indices.map(i => b[i]!),
    )
    const step = Math.min(
      1,
      ...indices.map((i, k) => (wanted[k]! > 0 ? 1 : x[i]! / (x[i]! - wanted[k]!))),
    )
    indices.forEach((i, k) => {
      x[i]! += step * (wanted[k]! - x[i]!)
      if (step < 1 && wanted[k]! <= 0 && x[i]! < 1e-12) {
        x[i] = 0
        free.delete(i)
      }
    })
    if (step === 1) return
  }
}
