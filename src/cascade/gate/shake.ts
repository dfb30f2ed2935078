import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, BLOCK_CELLS, BLOCKS, CELLS, COLUMNS } from './blocks.js'

/** Cells: a wall-mounted camera in the wind moves no further between two frames. */
const REACH = 3
/** Every so many rows and columns are compared; the thumbnail is smooth enough. */
const ROW_STEP = 3
const COLUMN_STEP = 2
const SIDE = 2 * REACH + 1
/** Cells by which a found shift is wrong: what a block differs by for that is no change. */
const ERROR = 0.35

/** How far the whole picture has moved against a reference. */
export interface Shift {
  /** Cells to the right and down. */
  x: number
  y: number
}

/**
 * Finds one shift of the whole picture: exhaustive search over whole cells, then the vertex of the parabola through the best
 * match and its neighbours. Allocates nothing.
 */
export function createShiftFinder() {
  const mismatch = new Float32Array(SIDE * SIDE)
  const shift: Shift = { x: 0, y: 0 }
  const shifted = new Float32Array(CELLS)
  const slack = new Float32Array(BLOCKS)

  /**
   * @param luma [96, 160] uint8
   * @param reference [96, 160] grey levels
   * @param gain brightness of luma as a share of the reference's
   */
  function find(luma: Uint8Array, reference: Float32Array, gain: number): void {
    let best = 0
    for (let i = 0; i < mismatch.length; i++) {
      mismatch[i] = mismatchAt((i % SIDE) - REACH, ((i / SIDE) | 0) - REACH, luma, reference, gain)
      if (mismatch[i]! < mismatch[best]!) best = i
    }
    const column = best % SIDE
    const row = (best / SIDE) | 0
    shift.x = column - REACH + vertex(best, 1, column)
    shift.y = row - REACH + vertex(best, SIDE, row)
  }

  /** Where between whole cells the mismatch is least, -0.5..0.5; 0 at the edge of the search. */
  function vertex(best: number, step: number, place: number): number {
    if (place === 0 || place === SIDE - 1) return 0
    const before = mismatch[best - step]!
    const after = mismatch[best + step]!
    const bend = before - 2 * mismatch[best]! + after
    return bend > 0 ? (before - after) / (2 * bend) : 0
  }

  /** The reference moved by the last shift, bilinear, edges repeated: [96, 160] grey levels, valid until the next call; fills `slack`. */
  function move(reference: Float32Array): Float32Array {
    const left = Math.floor(-shift.x)
    const top = Math.floor(-shift.y)
    const across = -shift.x - left
    const down = -shift.y - top
    let o = 0
    for (let y = 0; y < THUMBNAIL_HEIGHT; y++) {
      const upper = clamp(y + top, THUMBNAIL_HEIGHT) * THUMBNAIL_WIDTH
      const lower = clamp(y + top + 1, THUMBNAIL_HEIGHT) * THUMBNAIL_WIDTH
      for (let x = 0; x < THUMBNAIL_WIDTH; x++) {
        const l = clamp(x + left, THUMBNAIL_WIDTH)
        const r = clamp(x + left + 1, THUMBNAIL_WIDTH)
        const above = reference[upper + l]! * (1 - across) + reference[upper + r]! * across
        const below = reference[lower + l]! * (1 - across) + reference[lower + r]! * across
        shifted[o++] = above * (1 - down) + below * down
      }
    }
    allowError()
    return shifted
  }

  /** A block may differ by its mean gradient times the error of the shift. */
  function allowError(): void {
    slack.fill(0)
    for (let y = 1; y < THUMBNAIL_HEIGHT; y++) {
      const blockRow = ((y / BLOCK) | 0) * COLUMNS
      for (let x = 1; x < THUMBNAIL_WIDTH; x++) {
        const cell = y * THUMBNAIL_WIDTH + x
        const across = Math.abs(shifted[cell]! - shifted[cell - 1]!)
        const down = Math.abs(shifted[cell]! - shifted[cell - THUMBNAIL_WIDTH]!)
        slack[blockRow + ((x / BLOCK) | 0)]! += across + down
      }
    }
    for (let block = 0; block < BLOCKS; block++) slack[block]! *= ERROR / BLOCK_CELLS
  }

  return {
    /** What `find` found last. */
    shift: shift as Readonly<Shift>,
    find,
    move,
    /** Grey levels that each block may differ for the error of the last shift, [12, 20]. */
    slack,
  }
}

/** Mean difference in grey levels if the picture had moved by whole cells; every third row, every second column. */
function mismatchAt(
  dx: number,
  dy: number,
  luma: Uint8Array,
  reference: Float32Array,
  gain: number,
): number {
  let sum = 0
  for (let y = REACH; y < THUMBNAIL_HEIGHT - REACH; y += ROW_STEP) {
    const row = y * THUMBNAIL_WIDTH
    const from = (y - dy) * THUMBNAIL_WIDTH - dx
    for (let x = REACH; x < THUMBNAIL_WIDTH - REACH; x += COLUMN_STEP) {
      sum += Math.abs(luma[row + x]! - gain * reference[from + x]!)
    }
  }
  return sum
}

function clamp(at: number, size: number): number {
  return at < 0 ? 0 : at >= size ? size - 1 : at
}
