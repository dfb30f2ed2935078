import { THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, BLOCK_CELLS, BLOCKS, CELLS, firstCell, STRIDE } from './blocks.js'

// The loops over cells, in which the gate spends most of its time. They keep imported constants in locals, as V8 reads an import
// anew in every turn of a loop, and fill arrays instead of returning numbers, as it allocates a fraction that is returned.

/** Grey levels added to both sides of a gain, so that noise in the dark is none. */
const DARK = 8
/** Times by which a block's contrast may change more, or less, than its brightness: a cloud takes shadows away, not things. */
const FADE = 1.25
/** Correlation of neighbouring cells below which a difference is noise: that of the sensor is about 0, that of another scene above 0.5. */
const WHITE = 0.3

/** What a picture is compared with. */
export interface Reference {
  /** [96, 160] grey levels. */
  readonly cells: Float32Array
  /** The picture's brightness as a share of theirs: the median of all blocks. */
  readonly gain: number
}

/**
 * How much brighter each block is than the reference.
 * @param luma [96, 160] uint8; @param cells [96, 160] grey levels
 * @param gains [12, 20], overwritten
 */
export function findGains(luma: Uint8Array, cells: Float32Array, gains: Float32Array): void {
  const width = THUMBNAIL_WIDTH
  const side = BLOCK
  const stride = STRIDE
  for (let block = 0; block < gains.length; block++) {
    const first = firstCell(block)
    let now = 0
    let before = 0
    for (let row = first; row < first + stride; row += width) {
      for (let cell = row; cell < row + side; cell++) {
        now += luma[cell]!
        before += cells[cell]!
      }
    }
    gains[block] = (now + DARK * BLOCK_CELLS) / (before + DARK * BLOCK_CELLS)
  }
}

/**
 * Mean difference of each block in grey levels, once its brightness is made equal; white stays white.
 * @param residual [12, 20], overwritten from block `from` to block `to` - 1
 */
export function findResiduals(
  luma: Uint8Array,
  cells: Float32Array,
  gains: Float32Array,
  residual: Float32Array,
  from = 0,
  to = BLOCKS,
): void {
  const width = THUMBNAIL_WIDTH
  const side = BLOCK
  const stride = STRIDE
  for (let block = from; block < to; block++) {
    const first = firstCell(block)
    const gain = gains[block]!
    const offset = (gain - 1) * DARK
    let sum = 0
    for (let row = first; row < first + stride; row += width) {
      for (let cell = row; cell < row + side; cell++) {
        const expected = gain * cells[cell]! + offset
        sum += Math.abs(luma[cell]! - (expected > 255 ? 255 : expected))
      }
    }
    residual[block] = sum / BLOCK_CELLS
  }
}

/** Lowers a block's residual to what is left once its contrast, too, is made equal as far as light may change it; least squares. */
export function fitContrast(
  luma: Uint8Array,
  cells: Float32Array,
  residual: Float32Array,
  block: number,
): void {
  const first = firstCell(block)
  let now = 0
  let before = 0
  let product = 0
  let square = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) {
      const reference = cells[cell]!
      now += luma[cell]!
      before += reference
      product += luma[cell]! * reference
      square += reference * reference
    }
  }
  const gain = (now + DARK * BLOCK_CELLS) / (before + DARK * BLOCK_CELLS)
  const covariance = product - (before * now) / BLOCK_CELLS
  const variance = Math.max(1, square - (before * before) / BLOCK_CELLS)
  const contrast = Math.max(gain / FADE, Math.min(gain * FADE, covariance / variance))
  const offset = (now - contrast * before) / BLOCK_CELLS
  let sum = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) {
      sum += Math.abs(luma[cell]! - Math.min(255, contrast * cells[cell]! + offset))
    }
  }
  residual[block] = Math.min(residual[block]!, sum / BLOCK_CELLS)
}

/** True if a block is the same in two pictures, but for `limits` grey levels. */
export function isSame(
  luma: Uint8Array,
  other: Uint8Array,
  limits: Float32Array,
  block: number,
): boolean {
  const first = firstCell(block)
  let sum = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) sum += Math.abs(luma[cell]! - other[cell]!)
  }
  return sum <= BLOCK_CELLS * limits[block]!
}

/** True if the differences of cells side by side have little to do with each other. */
export function isNoise(luma: Uint8Array, { cells, gain }: Reference): boolean {
  const count = CELLS
  let together = 0
  let alone = 0
  let before = 0
  for (let cell = 0; cell < count; cell++) {
    const difference = luma[cell]! - gain * cells[cell]!
    together += difference * before
    alone += difference * difference
    before = difference
  }
  return together <= WHITE * alone
}

/** Moves each block of `cells` towards the picture, by its own share of the difference. @param rates [12, 20], 0..1 */
export function blend(luma: Uint8Array, cells: Float32Array, rates: Float32Array): void {
  const width = THUMBNAIL_WIDTH
  const side = BLOCK
  const stride = STRIDE
  for (let block = 0; block < rates.length; block++) {
    const first = firstCell(block)
    const rate = rates[block]!
    for (let row = first; row < first + stride; row += width) {
      for (let cell = row; cell < row + side; cell++) {
        cells[cell] = cells[cell]! + (luma[cell]! - cells[cell]!) * rate
      }
    }
  }
}
