import type { StageTimings } from '../cascade/detection.js'

/** How a joule is known: from a meter's readings, from coefficients fitted on this very device, or from published figures. */
export type EnergyMethod = 'measured' | 'calibrated' | 'modelled'

/** What a joule is counted over: the board's input, its chip (rails, package), or only this process's busy time. */
export type Scope = 'board' | 'soc' | 'process'

/** How joules are known now. */
export interface Knowledge {
  readonly method: EnergyMethod
  readonly scope: Scope
  /** Where the figures come from. */
  readonly source: string
  /** Relative, one standard deviation, of what all stages together draw: 0.3 is 30 %. */
  readonly uncertainty: number
}

/** Millijoules above idle that one frame cost, by stage. */
export interface FrameEnergy extends StageTimings {
  readonly total: number
  readonly method: EnergyMethod
  readonly scope: Scope
  /** Relative, one standard deviation: 0.3 is 30 %. */
  readonly uncertainty: number
}

/** How much more one way of looking costs than another; no number where that is less than three times its uncertainty. */
export type Difference =
  | {
      readonly distinguishable: true
      /** Positive: the second costs more. */
      readonly millijoules: number
      /** Millijoules, one standard deviation. */
      readonly uncertainty: number
    }
  | { readonly distinguishable: false }

/** What the board draws while no stage is busy. */
export interface IdlePower {
  readonly watts: number
  /** Watts, one standard deviation. */
  readonly uncertainty: number
  readonly method: EnergyMethod
  /** What the watts are of; a model's joules may be of less. */
  readonly scope: Scope
}

/** Where the meter's joules of the last seconds went; the parts add up to the whole. */
export interface Balance {
  readonly seconds: number
  /** The meter's integral. */
  readonly meterJoules: number
  readonly idleJoules: number
  /** Of the stages of all frames. */
  readonly stageJoules: number
  /** Of all else that kept the processor busy. */
  readonly otherJoules: number
  /** What is left; may be negative. */
  readonly unexplainedJoules: number
}

/** Turns milliseconds into millijoules. */
export interface Attribution {
  /** What this machine calls itself. */
  readonly board: string
  knowledge(): Knowledge
  /** Millijoules above idle of one frame, to be asked for each frame once. */
  attribute(timings: StageTimings): FrameEnergy
  /** @param less and more: mean milliseconds per frame of two ways of looking */
  compare(less: StageTimings, more: StageTimings): Difference
  /** null: unknown. */
  idle(): IdlePower | null
  /** null: no meter, or too early to tell. */
  balance(): Balance | null
}
