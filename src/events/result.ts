import type { Exit, LookTimings, Tracked } from '../cascade/detection.js'
import type { Knob } from '../cascade/effort.js'
import type { FrameEnergy } from '../power/energy.js'

/** An object, and where it is. */
export interface TrackedDetection extends Tracked {
  /** Names of the zones that hold the object. */
  readonly zones: readonly string[]
}

/** Which budget moved what. */
export interface FrameBudget {
  readonly limitedBy: 'watts' | 'millijoulesPerFrame' | 'milliseconds' | 'celsius' | 'throttled'
  /** 1: full effort, 0: the floor. */
  readonly level: number
  /** Of what limits, in its own unit, and its average over the last seconds; null for throttling. */
  readonly target: number | null
  readonly actual: number | null
  /** Nothing is left to give. */
  readonly atFloor: boolean
  readonly moved: readonly Knob[]
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
  /** What a budget moved before this frame was looked at; null if nothing was. */
  readonly budget: FrameBudget | null
  readonly detections: readonly TrackedDetection[]
  readonly timingsMs: LookTimings & {
    /** From capture until the worker took the frame. */
    readonly queue: number
    /** From capture until the result was ready. */
    readonly total: number
  }
  readonly energyMj: FrameEnergy
}
