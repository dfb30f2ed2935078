import type { StageTimings } from '../cascade/detection.js'

/** How a joule is known. */
export type EnergyMethod = 'measured' | 'calibrated' | 'modelled'

/** What a joule is counted over: the board's input, its chip (rails, package), or only this process's busy time. */
export type Scope = 'board' | 'soc' | 'process'

/** Millijoules above idle that one frame cost, by stage. */
export interface FrameEnergy extends StageTimings {
  readonly total: number
  readonly method: EnergyMethod
  readonly scope: Scope
  /** Relative, one standard deviation: 0.3 is 30 %. */
  readonly uncertainty: number
}
