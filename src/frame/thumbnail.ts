/** What the gate looks at: luma, 160 x 96, so that blocks of 8 x 8 cells tile it. */
export const THUMBNAIL_WIDTH = 160
export const THUMBNAIL_HEIGHT = 96

/** Makes thumbnails of pictures of one size; four samples per cell, their places worked out once. */
export interface Thumbnailer {
  readonly width: number
  readonly height: number
  /** @param luma [height, width] uint8, more may follow; @param out [96, 160] uint8 luma, overwritten */
  fromLuma(luma: Uint8Array, out: Uint8Array): void
  /** @param rgb [height, width, 3] uint8; @param out [96, 160] uint8 luma, overwritten */
  fromRgb(rgb: Uint8Array, out: Uint8Array): void
}

export function createThumbnailer(width: number, height: number): Thumbnailer {
  const upper = samples(THUMBNAIL_HEIGHT, height, 0.25)
  const lower = samples(THUMBNAIL_HEIGHT, height, 0.75)
  // along a row in 1/65536 pixels: adding is quicker than looking places up
  const cell = Math.floor((width * 65536) / THUMBNAIL_WIDTH)
  const start = cell >> 2
  const half = cell >> 1
  return {
    width,
    height,
    fromLuma(data, out) {
      let o = 0
      for (let y = 0; y < THUMBNAIL_HEIGHT; y++) {
        const a = upper[y]! * width
        const b = lower[y]! * width
        const end = o + THUMBNAIL_WIDTH
        for (let x = start; o < end; x += cell) {
          const l = x >> 16
          const r = (x + half) >> 16
          out[o++] = (data[a + l]! + data[a + r]! + data[b + l]! + data[b + r]! + 2) >> 2
        }
      }
    },
    fromRgb(rgb, out) {
      let o = 0
      for (let y = 0; y < THUMBNAIL_HEIGHT; y++) {
        const a = upper[y]! * width
        const b = lower[y]! * width
        const end = o + THUMBNAIL_WIDTH
        for (let x = start; o < end; x += cell) {
          const l = x >> 16
          const r = (x + half) >> 16
          const p = (a + l) * 3
          const q = (a + r) * 3
          const s = (b + l) * 3
          const t = (b + r) * 3
          const red = rgb[p]! + rgb[q]! + rgb[s]! + rgb[t]!
          const green = rgb[p + 1]! + rgb[q + 1]! + rgb[s + 1]! + rgb[t + 1]!
          const blue = rgb[p + 2]! + rgb[q + 2]! + rgb[s + 2]! + rgb[t + 2]!
          // BT.601 luma in 1/256, of four pixels at once
          out[o++] = (77 * red + 150 * green + 29 * blue + 512) >> 10
        }
      }
    },
  }
}

/** The source pixel at `share` of the way through each of `cells` equal cells. */
function samples(cells: number, pixels: number, share: number): Int32Array {
  return Int32Array.from({ length: cells }, (_, i) => Math.floor(((i + share) * pixels) / cells))
}
