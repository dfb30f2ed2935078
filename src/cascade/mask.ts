import type { Box } from '../lib/box.js'
import { footX, footY, isInside, type Point } from '../lib/polygon.js'
import { BLOCKS, COLUMNS, ROWS } from './gate/blocks.js'

/** Parts of a camera's picture that nobody is to look at. */
export interface Mask {
  /** [12, 20], 1 where a whole block of the thumbnail is hidden. */
  readonly blocks: Uint8Array
  /** Whether an object stands in a hidden part. */
  hides(box: Box): boolean
}

/** @param polygons none: nothing is hidden */
export function createMask(polygons: readonly (readonly Point[])[]): Mask {
  const blocks = new Uint8Array(BLOCKS)
  const isHidden = (x: number, y: number) => polygons.some(polygon => isInside(polygon, x, y))
  for (let block = 0; block < BLOCKS; block++) {
    const left = (block % COLUMNS) / COLUMNS
    const right = left + 1 / COLUMNS
    const top = ((block / COLUMNS) | 0) / ROWS
    const bottom = top + 1 / ROWS
    const whole =
      isHidden(left, top) &&
      isHidden(right, top) &&
      isHidden(left, bottom) &&
      isHidden(right, bottom) &&
      isHidden((left + right) / 2, (top + bottom) / 2)
    blocks[block] = whole ? 1 : 0
  }
  return { blocks, hides: box => isHidden(footX(box), footY(box)) }
}
