import type { Exit, StageTimings, Tracked } from '../cascade/detection.js'
import type { FrameEnergy } from '../power/energy.js'

/** An object, and where it is. */
export interface TrackedDetection extends Tracked {
  /** Names of the zones that hold the object. */
  readonly zones: readonly string[]
}

/** All that is said of one frame: what is in view, where looking stopped and why, how long it took and what it cost. */
export interface Result {
  readonly camera: string
  readonly frame: {
    readonly id: number
    /** ISO 8601. */
    readonly capturedAt: string
    /** Age when the result was ready. */
    readonly ageMs: number
    /** Pixels. */
    readonly width: number
    readonly height: number
  }
  readonly exit: Exit
  readonly detections: readonly TrackedDetection[]
  readonly timingsMs: StageTimings & {
    /** From capture until the worker took the frame. */
    readonly queue: number
    /** From capture until the result was ready. */
    readonly total: number
  }
  readonly energyMj: FrameEnergy
}
