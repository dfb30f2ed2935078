import type { StageTimings } from '../../cascade/detection.js'
import { SOURCES, STAGES } from './draw.js'

/** More than 500 frames per second for as long as a window waits to be settled. */
const CAPACITY = 8192

/** Some time, monotonic milliseconds, and the seconds that all processors together were busy meanwhile. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly busySeconds: number
}

/** When which stage was busy lately, and what its work was said to draw. */
export interface Spans {
  /** A look that has just ended, in the order in which looks end. @param watts of each stage, as it was charged */
  add(endedAt: number, timings: StageTimings, watts: readonly number[]): void
  /**
   * Of each source, busy seconds per second, and the joules that were charged for the stages. What is not theirs is of others.
   * @param threads processors that each stage keeps busy
   */
  shares(stretch: Stretch, threads: readonly number[]): { busy: number[]; charged: number }
}

/** A ring: the oldest spans are overwritten. */
export function createSpans(capacity = CAPACITY): Spans {
  const starts = new Float64Array(capacity)
  const ends = new Float64Array(capacity)
  const watts = new Float64Array(capacity)
  const stages = new Uint8Array(capacity)
  let added = 0

  /** Adds each stage's busy milliseconds to `busy`; returns the millijoules that were charged for them. */
  function within(from: number, to: number, busy: number[]): number {
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
  }

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
    shares({ from, to, busySeconds }, threads) {
      const busy = new Array<number>(SOURCES.length).fill(0)
      const ms = to - from
      const charged = within(from, to, busy) / 1000
      let ours = 0
      for (const [stage] of STAGES.entries()) {
        busy[stage]! /= ms
        ours += busy[stage]! * threads[stage]!
      }
      busy[STAGES.length] = Math.max(0, busySeconds / (ms / 1000) - ours)
      return { busy, charged }
    },
  }
}
