import type { StageTimings } from '../cascade/detection.js'

/** How a joule is known. */
export type EnergyMethod = 'measured' | 'calibrated' | 'modelled'

/** Millijoules above idle that one frame cost, by stage. */
export interface FrameEnergy extends StageTimings {
  readonly total: number
  readonly method: EnergyMethod
  /** Relative, one standard deviation: 0.3 is 30 %. */
  readonly uncertainty: number
}
