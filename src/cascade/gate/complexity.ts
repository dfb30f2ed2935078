import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, BLOCKS, COLUMNS } from './blocks.js'

/** Grey levels per two cells from which a cell counts as an edge. */
const EDGE = 40
const BINS = 32
/** A group of changed blocks counts for so much, up to full complexity: one visitor is simple, a crowd is not. */
const BLOBS_FULL = 8

/** What makes a picture hard to judge, each 0..1. */
export interface Complexity {
  /** Share of cells with a strong gradient. */
  edges: number
  /** Entropy of the brightness, 1 = all of 32 levels alike. */
  entropy: number
  /** Separate things that changed, of eight. */
  crowd: number
  /** All three in one number. */
  total: number
}

/** Measures what changed, or the whole picture. Allocates nothing after its creation. */
export function createComplexityMeter() {
  const histogram = new Uint32Array(BINS)
  const found: Complexity = { edges: 0, entropy: 0, crowd: 0, total: 0 }

  /**
   * @param luma [96, 160] uint8
   * @param blobs separate things that changed
   * @param blocks [12, 20], 1 where to look; everywhere if left out
   * @returns valid until the next call
   */
  return function measure(luma: Uint8Array, blobs: number, blocks?: Uint8Array): Complexity {
    histogram.fill(0)
    let edges = 0
    let cells = 0
    const width = THUMBNAIL_WIDTH
    for (let block = 0; block < BLOCKS; block++) {
      if (blocks !== undefined && blocks[block] === 0) continue
      // the outermost cells of the picture have no gradient
      const x = (block % COLUMNS) * BLOCK
      const y = ((block / COLUMNS) | 0) * BLOCK
      const left = Math.max(1, x)
      const right = Math.min(width - 1, x + BLOCK)
      const top = Math.max(1, y)
      const bottom = Math.min(THUMBNAIL_HEIGHT - 1, y + BLOCK)
      cells += (right - left) * (bottom - top)
      for (let row = top; row < bottom; row++) {
        const start = row * width
        for (let cell = start + left; cell < start + right; cell++) {
          const across = Math.abs(luma[cell + 1]! - luma[cell - 1]!)
          const down = Math.abs(luma[cell + width]! - luma[cell - width]!)
          if (across + down > EDGE) edges++
          const bin = luma[cell]! >> 3
          histogram[bin] = histogram[bin]! + 1
        }
      }
    }
    found.edges = edges / Math.max(1, cells)
    found.entropy = entropyOf(histogram, Math.max(1, cells))
    found.crowd = Math.min(1, blobs / BLOBS_FULL)
    found.total = (found.edges + found.entropy + found.crowd) / 3
    return found
  }
}

/** Shannon entropy as a share of its maximum. */
function entropyOf(histogram: Uint32Array, total: number): number {
  let bits = 0
  for (let bin = 0; bin < BINS; bin++) {
    const share = histogram[bin]! / total
    if (share > 0) bits -= share * Math.log2(share)
  }
  return bits / Math.log2(BINS)
}
