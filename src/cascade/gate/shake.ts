import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, BLOCK_CELLS, BLOCKS, CELLS, COLUMNS, firstCell, STRIDE } from './blocks.js'
import type { Reference } from './texture.js'

/** Cells: a wall-mounted camera in the wind moves no further between two frames. */
const REACH = 3
/** Every so many rows and columns are compared; the thumbnail is smooth enough. */
const ROW_STEP = 3
const COLUMN_STEP = 2
/** Shifts by whole cells that are considered: a square, row by row, no shift in the middle. */
const SIDE = 2 * REACH + 1
const MIDDLE = REACH * SIDE + REACH
/** Cells between the shifts that are tried first; the search goes downhill from the best of those. */
const COARSE = 2
const UNKNOWN = -1
/** Cells by which a found shift is wrong: what a block differs by for that is no change. */
const ERROR = 0.35

/** How far the whole picture has moved against a reference. */
export interface Shift {
  /** Cells to the right and down. */
  x: number
  y: number
}

/**
 * Finds one shift of the whole picture: downhill over whole cells, then the vertex of the parabola through the best match and
 * its neighbours. Allocates nothing after its creation.
 */
export function createShiftFinder() {
  const mismatch = new Float32Array(SIDE * SIDE)
  const shift: Shift = { x: 0, y: 0 }
  const shifted = new Float32Array(CELLS)
  const columns = new Int32Array(THUMBNAIL_WIDTH + 1)
  const slack = new Float32Array(BLOCKS)

  /** @param luma [96, 160] uint8 */
  function find(luma: Uint8Array, reference: Reference): void {
    mismatch.fill(UNKNOWN)
    let best = bestAround(MIDDLE, COARSE, luma, reference)
    for (let better = best; ; best = better) {
      better = bestAround(best, 1, luma, reference)
      if (better === best) break
    }
    const column = best % SIDE
    const row = (best / SIDE) | 0
    shift.x = column - REACH
    shift.y = row - REACH
    // at the edge of the search there is no telling what lies between
    if (column > 0 && column < SIDE - 1) shift.x += vertex(best, 1)
    if (row > 0 && row < SIDE - 1) shift.y += vertex(best, SIDE)
  }

  /** Where between whole cells the mismatch is least, -0.5..0.5. @param step from a shift to its neighbour */
  function vertex(best: number, step: number): number {
    const before = mismatch[best - step]!
    const after = mismatch[best + step]!
    const bend = before - 2 * mismatch[best]! + after
    return bend > 0 ? (before - after) / (2 * bend) : 0
  }

  /** The best of a shift and its eight neighbours, `step` cells apart. */
  function bestAround(middle: number, step: number, luma: Uint8Array, reference: Reference) {
    const x = middle % SIDE
    const y = (middle / SIDE) | 0
    let best = middle
    measure(middle, luma, reference)
    for (let row = Math.max(0, y - step); row <= Math.min(SIDE - 1, y + step); row += step) {
      for (
        let column = Math.max(0, x - step);
        column <= Math.min(SIDE - 1, x + step);
        column += step
      ) {
        const i = row * SIDE + column
        measure(i, luma, reference)
        if (mismatch[i]! < mismatch[best]!) best = i
      }
    }
    return best
  }

  /** Sums up how badly the picture matches the reference moved by one shift. */
  function measure(i: number, luma: Uint8Array, { cells, gain }: Reference): void {
    if (mismatch[i] !== UNKNOWN) return
    const dx = (i % SIDE) - REACH
    const dy = ((i / SIDE) | 0) - REACH
    const right = THUMBNAIL_WIDTH - REACH
    let sum = 0
    for (let y = REACH; y < THUMBNAIL_HEIGHT - REACH; y += ROW_STEP) {
      const row = y * THUMBNAIL_WIDTH
      const from = (y - dy) * THUMBNAIL_WIDTH - dx
      for (let x = REACH; x < right; x += COLUMN_STEP) {
        sum += Math.abs(luma[row + x]! - gain * cells[from + x]!)
      }
    }
    mismatch[i] = sum
  }

  /** `cells` moved by the last shift, bilinear, edges repeated: [96, 160] grey levels, valid until the next call; fills `slack`. */
  function move(cells: Float32Array): Float32Array {
    const left = Math.floor(-shift.x)
    const top = Math.floor(-shift.y)
    const across = -shift.x - left
    const down = -shift.y - top
    const width = THUMBNAIL_WIDTH
    for (let x = 0; x <= width; x++) columns[x] = clamp(x + left, width)
    let o = 0
    for (let y = 0; y < THUMBNAIL_HEIGHT; y++) {
      const upper = clamp(y + top, THUMBNAIL_HEIGHT) * width
      const lower = clamp(y + top + 1, THUMBNAIL_HEIGHT) * width
      for (let x = 0; x < width; x++) {
        const l = columns[x]!
        const r = columns[x + 1]!
        const above = cells[upper + l]! * (1 - across) + cells[upper + r]! * across
        const below = cells[lower + l]! * (1 - across) + cells[lower + r]! * across
        shifted[o++] = above * (1 - down) + below * down
      }
    }
    for (let block = 0; block < BLOCKS; block++) allowError(block)
    return shifted
  }

  /** A block may differ by its mean gradient times the error of the shift. */
  function allowError(block: number): void {
    const first = firstCell(block)
    // the topmost and leftmost cells of the picture have no neighbour there
    const top = block < COLUMNS ? THUMBNAIL_WIDTH : 0
    const left = block % COLUMNS === 0 ? 1 : 0
    const width = THUMBNAIL_WIDTH
    const side = BLOCK
    let sum = 0
    for (let row = first + top; row < first + STRIDE; row += width) {
      for (let cell = row + left; cell < row + side; cell++) {
        const here = shifted[cell]!
        sum += Math.abs(here - shifted[cell - 1]!) + Math.abs(here - shifted[cell - width]!)
      }
    }
    slack[block] = (sum * ERROR) / BLOCK_CELLS
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

function clamp(at: number, size: number): number {
  return at < 0 ? 0 : at >= size ? size - 1 : at
}
