import type { Box } from '../lib/box.js'
import { isInside, type Point } from '../lib/polygon.js'
import { BLOCKS, COLUMNS, ROWS } from './gate/blocks.js'

/** Parts of a camera's picture that nobody is to look at. */
export interface Mask {
  /** [12, 20], 1 where a whole block of the thumbnail is hidden. */
  readonly blocks: Uint8Array
  /** Whether an object stands in a hidden part: the middle of its box's lower edge. */
  hides(box: Box): boolean
}

/** @param polygons undefined or none: nothing is hidden */
export function createMask(polygons: readonly (readonly Point[])[] = []): Mask {
  const blocks = new Uint8Array(BLOCKS)
  const isHidden = (x: number, y: number) => polygons.some(polygon => isInside(polygon, x, y))
  for (let block = 0; block < BLOCKS; block++) {
    const x = block % COLUMNS
    const y = (block / COLUMNS) | 0
    // a little inwards: the picture's own edge belongs to no polygon that ends there
    const left = (x + 0.1) / COLUMNS
    const right = (x + 0.9) / COLUMNS
    const top = (y + 0.1) / ROWS
    const bottom = (y + 0.9) / ROWS
    const whole =
      isHidden(left, top) &&
      isHidden(right, top) &&
      isHidden(left, bottom) &&
      isHidden(right, bottom) &&
      isHidden((left + right) / 2, (top + bottom) / 2)
    blocks[block] = whole ? 1 : 0
  }
  // what stands at the picture's lower edge stands in a mask that ends there
  const inwards = (share: number) => Math.min(0.999, Math.max(0.001, share))
  return {
    blocks,
    hides: ({ x, y, width, height }) => isHidden(inwards(x + width / 2), inwards(y + height)),
  }
}
