import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import type { Box } from '../../lib/box.js'

/** Grey levels of mean difference, once brightness is made equal, from which on a place no longer looks the same. */
const CHANGED = 6
/** Cells around the box that belong to the look of a place. */
const MARGIN = 1
/** Grey levels added to both sides of a gain, so that noise in the dark is none. */
const DARK = 8

/** How a place looked at one time: its part of the thumbnail. */
export interface Appearance {
  /** Cells, right and bottom exclusive. */
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Row by row. */
  readonly cells: Uint8Array
}

/** @param luma [96, 160] uint8 */
export function takeAppearance(luma: Uint8Array, box: Box): Appearance {
  const left = clamp(Math.floor(box.x * THUMBNAIL_WIDTH) - MARGIN, 0, THUMBNAIL_WIDTH - 1)
  const top = clamp(Math.floor(box.y * THUMBNAIL_HEIGHT) - MARGIN, 0, THUMBNAIL_HEIGHT - 1)
  const right = clamp(
    Math.ceil((box.x + box.width) * THUMBNAIL_WIDTH) + MARGIN,
    left + 1,
    THUMBNAIL_WIDTH,
  )
  const bottom = clamp(
    Math.ceil((box.y + box.height) * THUMBNAIL_HEIGHT) + MARGIN,
    top + 1,
    THUMBNAIL_HEIGHT,
  )
  const width = right - left
  const cells = new Uint8Array(width * (bottom - top))
  for (let y = top; y < bottom; y++) {
    const row = y * THUMBNAIL_WIDTH
    cells.set(luma.subarray(row + left, row + right), (y - top) * width)
  }
  return { left, top, right, bottom, cells }
}

/** True if the place still looks as it did, whatever the light. @param luma [96, 160] uint8 */
export function looksTheSame(luma: Uint8Array, { left, top, right, bottom, cells }: Appearance) {
  let now = 0
  let then = 0
  let i = 0
  for (let y = top; y < bottom; y++) {
    for (let at = y * THUMBNAIL_WIDTH + left; at < y * THUMBNAIL_WIDTH + right; at++) {
      now += luma[at]! + DARK
      then += cells[i++]! + DARK
    }
  }
  const gain = now / then
  let difference = 0
  i = 0
  for (let y = top; y < bottom; y++) {
    for (let at = y * THUMBNAIL_WIDTH + left; at < y * THUMBNAIL_WIDTH + right; at++) {
      difference += Math.abs(luma[at]! + DARK - gain * (cells[i++]! + DARK))
    }
  }
  return difference <= CHANGED * cells.length
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
