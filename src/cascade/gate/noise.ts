import { BLOCKS } from './blocks.js'

/** Seconds in which an estimate follows noise, and (slowly, so that swaying leaves fall silent but a person does not) lasting change. */
const NOISE_SECONDS = 5
const UNREST_SECONDS = 60
/** Grey levels: a block has changed if its residual exceeds the largest of the floor, mean plus so many deviations of its noise, and its blips. */
const FLOOR = 3
const NOISE_FACTOR = 4
const NOISE_CAP = 12
const START = 0.8
const DEVIATION_START = 0.4
/** A change that is gone so soon was a flake, a drop or a leaf; only frames that come faster can tell. */
const BLIP_SECONDS = 0.25
/** Blips are forgotten in so many seconds, and larger ones than the cap are no weather. */
const BLIP_MEMORY_SECONDS = 30
const BLIP_CAP = 9

/** How much each block differs from the background when nothing happens there. */
export interface Noise {
  /** Grey levels above which a block has changed. */
  limit(block: number): number
  /** At least so much is noise from now on. @param residual grey levels */
  raise(block: number, residual: number): void
  /** @param residual grey levels per block; @param excess the same in multiples of the limit; @param seconds since the last time */
  learn(residual: Float32Array, excess: Float32Array, seconds: number): void
  restart(): void
  /** Changes per second and block that were gone at once. */
  readonly blipsPerSecond: number
}

export function createNoise(): Noise {
  const mean = new Float32Array(BLOCKS).fill(START)
  const deviation = new Float32Array(BLOCKS).fill(DEVIATION_START)
  const blip = new Float32Array(BLOCKS)
  /** Largest residual of the change that goes on, and for how many seconds it does. */
  const peak = new Float32Array(BLOCKS)
  const changedSeconds = new Float32Array(BLOCKS)
  const limits = new Float32Array(BLOCKS).fill(FLOOR)

  let blipsPerSecond = 0

  function update(block: number): void {
    limits[block] = Math.max(FLOOR, mean[block]! + NOISE_FACTOR * deviation[block]!, blip[block]!)
  }

  return {
    limit: block => limits[block]!,
    raise(block, residual) {
      mean[block] = Math.min(NOISE_CAP, Math.max(mean[block]!, residual))
      update(block)
    },
    learn(residual, excess, seconds) {
      const quick = 1 - Math.exp(-seconds / NOISE_SECONDS)
      const slow = 1 - Math.exp(-seconds / UNREST_SECONDS)
      let blips = 0
      const kept = Math.exp(-seconds / BLIP_MEMORY_SECONDS)
      for (let block = 0; block < BLOCKS; block++) {
        const now = residual[block]!
        blip[block] = blip[block]! * kept
        if (excess[block]! > 1) {
          changedSeconds[block] = changedSeconds[block]! + seconds
          peak[block] = Math.max(peak[block]!, now)
        } else if (changedSeconds[block]! > 0) {
          if (changedSeconds[block]! < BLIP_SECONDS) {
            blip[block] = Math.max(blip[block]!, Math.min(BLIP_CAP, 1.1 * peak[block]!))
            blips++
          }
          changedSeconds[block] = 0
          peak[block] = 0
        }
        const rate = excess[block]! > 1 ? slow : quick
        const from = now - mean[block]!
        mean[block] = Math.min(NOISE_CAP, mean[block]! + from * rate)
        deviation[block] = deviation[block]! + (Math.abs(from) - deviation[block]!) * rate
        update(block)
      }
      blipsPerSecond += (blips / BLOCKS / seconds - blipsPerSecond) * quick
    },
    get blipsPerSecond() {
      return blipsPerSecond
    },
    restart() {
      mean.fill(START)
      deviation.fill(DEVIATION_START)
      blip.fill(0)
      peak.fill(0)
      changedSeconds.fill(0)
      limits.fill(FLOOR)
      blipsPerSecond = 0
    },
  }
}
