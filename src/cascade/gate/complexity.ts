import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, COLUMNS } from './blocks.js'

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
    for (let y = 1; y < THUMBNAIL_HEIGHT - 1; y++) {
      const blockRow = ((y / BLOCK) | 0) * COLUMNS
      for (let x = 1; x < THUMBNAIL_WIDTH - 1; x++) {
        if (blocks !== undefined && blocks[blockRow + ((x / BLOCK) | 0)] === 0) continue
        const cell = y * THUMBNAIL_WIDTH + x
        const across = Math.abs(luma[cell + 1]! - luma[cell - 1]!)
        const down = Math.abs(luma[cell + THUMBNAIL_WIDTH]! - luma[cell - THUMBNAIL_WIDTH]!)
        if (across + down > EDGE) edges++
        const bin = luma[cell]! >> 3
        histogram[bin] = histogram[bin]! + 1
        cells++
      }
    }
    found.edges = cells === 0 ? 0 : edges / cells
    found.entropy = entropyOf(histogram, cells)
    found.crowd = Math.min(1, blobs / BLOBS_FULL)
    found.total = (found.edges + found.entropy + found.crowd) / 3
    return found
  }
}

/** Shannon entropy as a share of its maximum. */
function entropyOf(histogram: Uint32Array, total: number): number {
  let bits = 0
  for (let bin = 0; bin < BINS; bin++) {
    const share = histogram[bin]! / Math.max(1, total)
    if (share > 0) bits -= share * Math.log2(share)
  }
  return bits / Math.log2(BINS)
}
