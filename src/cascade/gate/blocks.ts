import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'

/** Cells of the thumbnail per side of a block. */
export const BLOCK = 8
export const BLOCK_CELLS = BLOCK * BLOCK
export const COLUMNS = THUMBNAIL_WIDTH / BLOCK
export const ROWS = THUMBNAIL_HEIGHT / BLOCK
export const BLOCKS = COLUMNS * ROWS
export const CELLS = THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT
/** Cells from one row of blocks to the next. */
export const STRIDE = BLOCK * THUMBNAIL_WIDTH

/** The top left cell of a block. */
export function firstCell(block: number): number {
  return ((block / COLUMNS) | 0) * STRIDE + (block % COLUMNS) * BLOCK
}
