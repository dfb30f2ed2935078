import { THUMBNAIL_WIDTH } from '../../frame/thumbnail.js'
import { BLOCK, BLOCK_CELLS, BLOCKS, CELLS, firstCell, STRIDE } from './blocks.js'
import { createNoise } from './noise.js'

/** Seconds in which the background takes on 63 % of a slow change. */
const BACKGROUND_SECONDS = 2
/** A block that differs from the background but has stood still for so long has been looked at often enough: it becomes background. */
const SETTLE_SECONDS = 0.5
/** Grey levels added to both sides of a gain, so that noise in the dark is none. */
const DARK = 8
/** Correlation of neighbouring cells below which a difference is noise: that of the sensor is about 0, that of another scene above 0.5. */
const WHITE = 0.3
/** Blips per second and block from which on it rains. */
const WEATHER = 0.05

/**
 * What a fixed camera sees when nothing happens, learned slowly and compared block by block. Light multiplies what it falls on,
 * so each block is first brought to the background's brightness by one gain of its own: clouds, exposure and lamps change gains,
 * objects change texture (after the shading model of Skifstad and Jain 1989).
 */
export interface Background {
  /** [96, 160] grey levels. */
  readonly cells: Float32Array
  /** How far each block's texture is from the background, as multiples of its own limit: above 1 it differs. Valid until the next call. */
  readonly excess: Float32Array
  /** True while changes come and go all over the picture: rain, snow, leaves. */
  readonly weather: boolean
  /** Brightness now as a share of the background's: the median of all blocks. */
  readonly gain: number
  /**
   * Compares; learns nothing.
   * @param luma [96, 160] uint8
   * @param reference what to compare with: `cells`, or the same moved
   * @param slack grey levels that each block may differ more than usual, [12, 20]
   * @returns how many blocks differ
   */
  compare(luma: Uint8Array, reference: Float32Array, slack?: Float32Array): number
  /**
   * If what `compare` has just found is noise and no other scene, its median is learned at once and `excess` made anew.
   * @param differing blocks that differ
   * @returns how many still do
   */
  absorbNoise(luma: Uint8Array, differing: number): number
  /** Takes what `compare` has just found into background and noise. @param seconds since the last time */
  learn(luma: Uint8Array, seconds: number): void
  /** Forgets what was learned: this is the scene now. @param luma [96, 160] uint8 */
  restart(luma: Uint8Array): void
}

export function createBackground(): Background {
  const cells = new Float32Array(CELLS)
  const learned = new Uint8Array(CELLS)
  const noise = createNoise()
  const stillSeconds = new Float32Array(BLOCKS)
  const residual = new Float32Array(BLOCKS)
  const excess = new Float32Array(BLOCKS)
  const gains = new Float32Array(BLOCKS)
  const sorted = new Float32Array(BLOCKS)
  let gain = 1

  function compare(luma: Uint8Array, reference: Float32Array, slack?: Float32Array): number {
    for (let block = 0; block < BLOCKS; block++) {
      gains[block] = gainOf(luma, reference, firstCell(block))
    }
    sorted.set(gains)
    sorted.sort()
    gain = sorted[BLOCKS >> 1]!
    let differing = 0
    for (let block = 0; block < BLOCKS; block++) {
      const limit = noise.limit(block) + (slack === undefined ? 0 : slack[block]!)
      const difference = differenceOf(luma, reference, block, limit)
      residual[block] = difference
      excess[block] = difference / limit
      if (difference > limit) differing++
    }
    return differing
  }

  /** By the block's own gain; where that leaves much, by the gain of the whole picture, as sensors clip bright blocks. */
  function differenceOf(luma: Uint8Array, reference: Float32Array, block: number, limit: number) {
    const first = firstCell(block)
    const own = textureDifference(luma, reference, first, gains[block]!)
    return own <= limit ? own : Math.min(own, textureDifference(luma, reference, first, gain))
  }

  function absorbNoise(luma: Uint8Array, differing: number): number {
    if (correlation(luma, cells, gain) > WHITE) return differing
    sorted.set(residual)
    sorted.sort()
    const level = sorted[BLOCKS >> 1]!
    let left = 0
    for (let block = 0; block < BLOCKS; block++) {
      noise.raise(block, level)
      excess[block] = residual[block]! / noise.limit(block)
      if (excess[block]! > 1) left++
    }
    return left
  }

  function learn(luma: Uint8Array, seconds: number): void {
    noise.learn(residual, excess, seconds)
    const absorbed = 1 - Math.exp(-seconds / BACKGROUND_SECONDS)
    for (let block = 0; block < BLOCKS; block++) {
      const first = firstCell(block)
      const still = changeOf(luma, learned, first) <= noise.limit(block)
      stillSeconds[block] = still ? stillSeconds[block]! + seconds : 0
      const settled = excess[block]! > 1 && stillSeconds[block]! >= SETTLE_SECONDS
      absorb(luma, first, settled ? 1 : absorbed)
    }
    learned.set(luma)
  }

  function absorb(luma: Uint8Array, first: number, rate: number): void {
    for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
      for (let cell = row; cell < row + BLOCK; cell++) {
        cells[cell] = cells[cell]! + (luma[cell]! - cells[cell]!) * rate
      }
    }
  }

  return {
    cells,
    excess,
    get weather() {
      return noise.blipsPerSecond > WEATHER
    },
    get gain() {
      return gain
    },
    compare,
    absorbNoise,
    learn,
    restart(luma) {
      cells.set(luma)
      learned.set(luma)
      noise.restart()
      stillSeconds.fill(0)
    },
  }
}

function gainOf(luma: Uint8Array, reference: Float32Array, first: number): number {
  let now = 0
  let before = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) {
      now += luma[cell]!
      before += reference[cell]!
    }
  }
  return (now + DARK * BLOCK_CELLS) / (before + DARK * BLOCK_CELLS)
}

/** Mean difference of a block in grey levels, once its brightness is made equal; white stays white. */
function textureDifference(
  luma: Uint8Array,
  reference: Float32Array,
  first: number,
  gain: number,
): number {
  const offset = (gain - 1) * DARK
  let sum = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) {
      const expected = gain * reference[cell]! + offset
      sum += Math.abs(luma[cell]! - (expected > 255 ? 255 : expected))
    }
  }
  return sum / BLOCK_CELLS
}

function changeOf(luma: Uint8Array, before: Uint8Array, first: number): number {
  let sum = 0
  for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
    for (let cell = row; cell < row + BLOCK; cell++) sum += Math.abs(luma[cell]! - before[cell]!)
  }
  return sum / BLOCK_CELLS
}

/** How alike the differences of cells side by side are, -1..1. */
function correlation(luma: Uint8Array, reference: Float32Array, gain: number): number {
  let together = 0
  let alone = 0
  let before = 0
  for (let cell = 0; cell < CELLS; cell++) {
    const difference = luma[cell]! - gain * reference[cell]!
    together += difference * before
    alone += difference * difference
    before = difference
  }
  return together / Math.max(1, alone)
}
