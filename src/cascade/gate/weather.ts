import { THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, CELLS, STRIDE } from './blocks.js'

/** Grey levels by which a cell must stand out from the frame before and the frame after to be a flake or a drop. */
const IMPULSE = 24
/** Cells per side of a tile: counting tiles that were hit, and not hits, tells what falls everywhere from one car that passes. */
const TILE = 32
const TILES_ACROSS = THUMBNAIL_WIDTH / TILE
const TILES = CELLS / TILE ** 2
/** Share of the tiles hit per frame, over so many seconds, from which on it is weather: traffic gave 0.22, 30 flakes a frame 0.35. */
const WEATHER = 0.25
const WEATHER_SECONDS = 5
/** Milliseconds between frames up to which a person still covers some place in two of three. */
const GAP_MS = 250

/** Takes rain, snow and the worst of a sensor's noise out of the picture: what shows in one frame only. */
export interface Weather {
  /**
   * Allocates nothing.
   * @param luma [96, 160] uint8
   * @param shaking the camera did so in the last frame: edges that jump are no weather
   * @returns luma itself, or in weather the median of the last three frames, one frame late; valid until the next call
   */
  clear(luma: Uint8Array, atMs: number, shaking: boolean): Uint8Array
}

export function createWeather(): Weather {
  const tiles = new Uint8Array(TILES)
  const cleared = new Uint8Array(CELLS)
  let last = new Uint8Array(CELLS)
  let before = new Uint8Array(CELLS)
  let lastMs = Number.NEGATIVE_INFINITY
  let frames = 0
  const tally = { share: 0 }

  function clear(luma: Uint8Array, atMs: number, shaking: boolean): Uint8Array {
    const ms = atMs - lastMs
    frames = ms <= GAP_MS ? Math.min(2, frames + 1) : 0
    lastMs = atMs
    let seen = luma
    if (frames === 2) {
      const rate = 1 - Math.exp(-ms / 1000 / WEATHER_SECONDS)
      tally.share += (shaking ? -tally.share : countHits(luma) / TILES - tally.share) * rate
      if (tally.share > WEATHER) seen = medianWith(luma)
    }
    const oldest = before
    before = last
    last = oldest
    last.set(luma)
    return seen
  }

  /** How many tiles have a cell that stood out in the last frame only; looks at one row of cells per row of blocks. */
  function countHits(luma: Uint8Array): number {
    tiles.fill(0)
    const width = THUMBNAIL_WIDTH
    for (let start = (BLOCK / 2) * width; start < CELLS; start += STRIDE) {
      const firstTile = ((start / (TILE * width)) | 0) * TILES_ACROSS
      for (let x = 0; x < width; x++) {
        const was = last[start + x]!
        const a = before[start + x]!
        const b = luma[start + x]!
        if (was > max(a, b) + IMPULSE || was < min(a, b) - IMPULSE) {
          tiles[firstTile + ((x / TILE) | 0)] = 1
        }
      }
    }
    let hits = 0
    for (let tile = 0; tile < TILES; tile++) hits += tiles[tile]!
    return hits
  }

  function medianWith(luma: Uint8Array): Uint8Array {
    const count = CELLS
    for (let cell = 0; cell < count; cell++) {
      const a = before[cell]!
      const b = last[cell]!
      const lower = min(a, b)
      cleared[cell] = max(lower, min(a + b - lower, luma[cell]!))
    }
    return cleared
  }

  return { clear }
}

// Math.min and Math.max compile to branches, which noise makes unpredictable

function min(a: number, b: number): number {
  const less = a - b
  return b + (less & (less >> 31))
}

function max(a: number, b: number): number {
  const less = a - b
  return a - (less & (less >> 31))
}
