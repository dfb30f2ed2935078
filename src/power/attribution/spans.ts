import type { StageTimings } from '../../cascade/detection.js'
import { STAGES } from './draw.js'

/** More than 500 frames per second for as long as a window waits to be settled. */
const CAPACITY = 8192

/** When which stage was busy lately, and what its work was said to draw. */
export interface Spans {
  /** A look that has just ended, in the order in which looks end. @param watts of each stage, as it was charged */
  add(endedAt: number, timings: StageTimings, watts: readonly number[]): void
  /** Adds each stage's busy milliseconds between two moments to `busy`; returns the millijoules that were charged for them. */
  within(from: number, to: number, busy: number[]): number
}

/** A ring: the oldest spans are overwritten. */
export function createSpans(capacity = CAPACITY): Spans {
  const starts = new Float64Array(capacity)
  const ends = new Float64Array(capacity)
  const watts = new Float64Array(capacity)
  const stages = new Uint8Array(capacity)
  let added = 0

  return {
    add(endedAt, timings, charged) {
      let at = endedAt
      for (const stage of STAGES) at -= timings[stage]
      for (const [index, stage] of STAGES.entries()) {
        const ms = timings[stage]
        if (ms === 0) continue
        const slot = added++ % capacity
        starts[slot] = at
        at += ms
        ends[slot] = at
        watts[slot] = charged[index]!
        stages[slot] = index
      }
    },
    within(from, to, busy) {
      let millijoules = 0
      for (let index = added - 1; index >= Math.max(0, added - capacity); index--) {
        const slot = index % capacity
        if (ends[slot]! <= from) break
        const ms = Math.min(ends[slot]!, to) - Math.max(starts[slot]!, from)
        if (ms <= 0) continue
        busy[stages[slot]!]! += ms
        millijoules += ms * watts[slot]!
      }
      return millijoules
    },
  }
}
