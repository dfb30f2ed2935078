import { BLOCKS, CELLS } from './blocks.js'
import { partitionAtMedian } from './median.js'
import { createNoise } from './noise.js'
import {
  blend,
  findGains,
  findResiduals,
  fitContrast,
  isNoise,
  isSame,
  type Reference,
} from './texture.js'

/** Seconds in which the background takes on 63 % of a slow change. */
const BACKGROUND_SECONDS = 2
/** A block that differs from the background but has stood still for so long has been looked at often enough: it becomes background. */
const SETTLE_MS = 500

/**
 * What a fixed camera sees when nothing happens, learned slowly and compared block by block. Light multiplies what it falls on,
 * so each block is first brought to the background's brightness by one gain of its own: clouds, exposure and lamps change gains,
 * objects change texture (after the shading model of Skifstad and Jain 1989). Allocates nothing after its creation.
 */
export interface Background extends Reference {
  /** How far each block's texture is from the background, [12, 20], as multiples of its own limit: above 1 it differs. Valid until the next call. */
  readonly excess: Float32Array
  /**
   * Compares; learns nothing.
   * @param luma [96, 160] uint8
   * @param reference what to compare with: `cells`, or the same moved
   * @param slack grey levels that each block may differ more than usual, [12, 20]
   * @returns how many blocks differ
   */
  compare(luma: Uint8Array, reference: Float32Array, slack?: Float32Array): number
  /** How many blocks of what `compare` has just found would differ with this slack. @param slack grey levels, [12, 20] */
  differingBeyond(slack: Float32Array): number
  /**
   * If what `compare` has just found is noise and no other scene, its median is learned at once and `excess` made anew.
   * @param differing blocks that differ
   * @returns how many still do
   */
  absorbNoise(luma: Uint8Array, differing: number): number
  /** Takes back blocks that `compare` has just found but have only lost contrast: shadows fade where a cloud hides the sun. */
  forgiveFading(luma: Uint8Array): void
  /** Takes what `compare` has just found into background and noise. @param ms whole milliseconds since the last time */
  learn(luma: Uint8Array, ms: number): void
  /** Forgets what was learned: this is the scene now. @param luma [96, 160] uint8 */
  restart(luma: Uint8Array): void
}

/** @param tolerance multiple of the usual limit that a block may differ */
export function createBackground(tolerance = 1): Background {
  const cells = new Float32Array(CELLS)
  const learned = new Uint8Array(CELLS)
  const noise = createNoise(tolerance)
  const stillMs = new Int32Array(BLOCKS)
  const residual = new Float32Array(BLOCKS)
  const excess = new Float32Array(BLOCKS)
  const gains = new Float32Array(BLOCKS)
  const sorted = new Float32Array(BLOCKS)
  const rates = new Float32Array(BLOCKS)

  function compare(luma: Uint8Array, reference: Float32Array, slack?: Float32Array): number {
    findGains(luma, reference, gains)
    findResiduals(luma, reference, gains, residual)
    sorted.set(gains)
    partitionAtMedian(sorted)
    background.gain = sorted[BLOCKS >> 1]!
    let differing = 0
    for (let block = 0; block < BLOCKS; block++) {
      const limit = noise.limits[block]! + (slack === undefined ? 0 : slack[block]!)
      if (residual[block]! > limit) tryPictureGain(luma, reference, block)
      excess[block] = residual[block]! / limit
      if (excess[block]! > 1) differing++
    }
    return differing
  }

  /** A drop, or a sensor that clips, spoils a block's own gain; that of the whole picture may explain it. */
  function tryPictureGain(luma: Uint8Array, reference: Float32Array, block: number): void {
    const own = residual[block]!
    gains[block] = background.gain
    findResiduals(luma, reference, gains, residual, block, block + 1)
    residual[block] = Math.min(own, residual[block]!)
  }

  function differingBeyond(slack: Float32Array): number {
    let differing = 0
    for (let block = 0; block < BLOCKS; block++) {
      if (residual[block]! > noise.limits[block]! + slack[block]!) differing++
    }
    return differing
  }

  function absorbNoise(luma: Uint8Array, differing: number): number {
    if (!isNoise(luma, background)) return differing
    noise.raiseToMedian(residual)
    let left = 0
    for (let block = 0; block < BLOCKS; block++) {
      excess[block] = residual[block]! / noise.limits[block]!
      if (excess[block]! > 1) left++
    }
    return left
  }

  function forgiveFading(luma: Uint8Array): void {
    for (let block = 0; block < BLOCKS; block++) {
      if (excess[block]! <= 1) continue
      fitContrast(luma, cells, residual, block)
      excess[block] = residual[block]! / noise.limits[block]!
    }
  }

  function learn(luma: Uint8Array, ms: number): void {
    noise.learn(residual, excess, ms)
    const usual = 1 - Math.exp(-ms / 1000 / BACKGROUND_SECONDS)
    for (let block = 0; block < BLOCKS; block++) {
      const differs = excess[block]! > 1
      // what is as the background counts as still, and need not be searched for change
      const still = !differs || isSame(luma, learned, noise.limits, block)
      stillMs[block] = still ? stillMs[block]! + ms : 0
      rates[block] = differs && stillMs[block]! >= SETTLE_MS ? 1 : usual
    }
    blend(luma, cells, rates)
    learned.set(luma)
  }

  const background = {
    cells,
    gain: 1,
    excess,
    compare,
    differingBeyond,
    absorbNoise,
    forgiveFading,
    learn,
    restart(luma: Uint8Array) {
      cells.set(luma)
      learned.set(luma)
      noise.restart()
      stillMs.fill(0)
    },
  }
  return background
}
