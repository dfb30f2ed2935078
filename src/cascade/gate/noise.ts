import { BLOCK, BLOCKS } from './blocks.js'
import { partitionAtMedian } from './median.js'

/** Seconds in which an estimate follows noise, and (slowly, so that swaying leaves fall silent but a person does not) lasting change. */
const NOISE_SECONDS = 5
const UNREST_SECONDS = 60
/** Grey levels: a block has changed if its residual exceeds the largest of the floor, mean plus so many deviations of its noise, and its blips. */
const FLOOR = 3
const NOISE_FACTOR = 4
const NOISE_CAP = 20
const START = 0.8
const DEVIATION_START = 0.4
/** How much the noise of blocks differs if it is white, as a share of it: that of the mean of 64 magnitudes of normal numbers. */
const WHITE_SPREAD = Math.sqrt(Math.PI / 2 - 1) / BLOCK
/** A change that is gone so soon was a flake, a drop or a leaf; only frames that come faster can tell. */
const BLIP_MS = 250
/** Blips are forgotten in so many seconds, and larger ones than the cap are no weather. */
const BLIP_MEMORY_SECONDS = 30
const BLIP_CAP = 9

/** How much each block differs from the background when nothing happens there. Allocates nothing after its creation. */
export interface Noise {
  /** Grey levels above which a block has changed, [12, 20]. */
  readonly limits: Float32Array
  /** The median block shows noise: every block has at least that much from now on. @param residual grey levels per block */
  raiseToMedian(residual: Float32Array): void
  /** @param residual grey levels per block; @param excess the same in multiples of the limit; @param ms whole milliseconds since the last time */
  learn(residual: Float32Array, excess: Float32Array, ms: number): void
  restart(): void
}

/** @param tolerance multiple of the usual limit that a block may differ */
export function createNoise(tolerance = 1): Noise {
  const mean = new Float32Array(BLOCKS).fill(START)
  const deviation = new Float32Array(BLOCKS).fill(DEVIATION_START)
  const limits = new Float32Array(BLOCKS).fill(tolerance * FLOOR)
  const blip = new Float32Array(BLOCKS)
  /** Largest residual of the change that goes on, and for how many milliseconds it does. */
  const peak = new Float32Array(BLOCKS)
  const changedMs = new Int32Array(BLOCKS)
  const sorted = new Float32Array(BLOCKS)

  function limit(block: number): void {
    const noise = mean[block]! + NOISE_FACTOR * deviation[block]!
    limits[block] = tolerance * Math.max(FLOOR, noise, blip[block]!)
  }

  return {
    limits,
    raiseToMedian(residual) {
      sorted.set(residual)
      partitionAtMedian(sorted)
      const level = Math.min(NOISE_CAP, sorted[BLOCKS >> 1]!)
      for (let block = 0; block < BLOCKS; block++) {
        mean[block] = Math.max(mean[block]!, level)
        deviation[block] = Math.max(deviation[block]!, level * WHITE_SPREAD)
        limit(block)
      }
    },
    learn(residual, excess, ms) {
      const seconds = ms / 1000
      const quick = 1 - Math.exp(-seconds / NOISE_SECONDS)
      const slow = 1 - Math.exp(-seconds / UNREST_SECONDS)
      const kept = Math.exp(-seconds / BLIP_MEMORY_SECONDS)
      for (let block = 0; block < BLOCKS; block++) {
        const now = residual[block]!
        const differs = excess[block]! > 1
        blip[block] = blip[block]! * kept
        if (differs) {
          changedMs[block] = changedMs[block]! + ms
          peak[block] = Math.max(peak[block]!, now)
        } else if (changedMs[block]! > 0) {
          if (changedMs[block]! < BLIP_MS) {
            blip[block] = Math.max(blip[block]!, Math.min(BLIP_CAP, 1.1 * peak[block]!))
          }
          changedMs[block] = 0
          peak[block] = 0
        }
        const rate = differs ? slow : quick
        const from = now - mean[block]!
        mean[block] = Math.min(NOISE_CAP, mean[block]! + from * rate)
        deviation[block] = deviation[block]! + (Math.abs(from) - deviation[block]!) * rate
        limit(block)
      }
    },
    restart() {
      mean.fill(START)
      deviation.fill(DEVIATION_START)
      blip.fill(0)
      peak.fill(0)
      changedMs.fill(0)
      limits.fill(tolerance * FLOOR)
    },
  }
}
