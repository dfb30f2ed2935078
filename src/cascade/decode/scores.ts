import type { ScoreKind } from '../manifest.js'

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

/** Scores as they leave the graph, to 0..1 and back; monotonic, so that cells are compared before any is converted. */
export interface Activation {
  toScore(raw: number): number
  toRaw(score: number): number
}

export function activationOf(kind: ScoreKind): Activation {
  if (kind === 'probability') return { toScore: raw => raw, toRaw: score => score }
  return { toScore: sigmoid, toRaw: score => Math.log(score / (1 - score)) }
}

/** The index of the largest of data[start..end - 1]. */
export function argmax(data: Float32Array, start: number, end: number): number {
  let best = start
  for (let i = start + 1; i < end; i++) if (data[i]! > data[best]!) best = i
  return best
}

/** The best class of each cell. */
export interface BestClasses {
  /** [cells] */
  readonly score: Float32Array
  /** [cells] */
  readonly classId: Uint16Array
}

/**
 * The best class of every cell of a class-major tensor, one class after the other as they lie in memory.
 * @param data [classes, cells] from `start` on; @param best overwritten
 */
export function bestClasses(
  data: Float32Array,
  start: number,
  classes: number,
  { score, classId }: BestClasses,
): void {
  const cells = score.length
  score.set(data.subarray(start, start + cells))
  classId.fill(0)
  for (let c = 1; c < classes; c++) {
    const row = start + c * cells
    for (let cell = 0; cell < cells; cell++) {
      if (data[row + cell]! <= score[cell]!) continue
      score[cell] = data[row + cell]!
      classId[cell] = c
    }
  }
}
