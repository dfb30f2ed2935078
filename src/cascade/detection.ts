import type { Box } from '../lib/box.js'

/** One object that a detector saw. */
export interface Detection {
  readonly label: string
  /** Index into the model's label list. */
  readonly classId: number
  /** 0..1. */
  readonly score: number
  readonly box: Box
}

/** How deep to look: `auto` lets the cascade decide. */
export type Depth = 'auto' | 'scout' | 'expert'

export type Stage = 'gate' | 'scout' | 'expert'

/**
 * Why a frame stopped where it did.
 * gate: `unchanged`. scout: `empty`, `confident`, `requested`. expert: `ambiguous` (candidates between the
 * scout's thresholds), `complex` (too much structure in what changed), `refresh` (a full look was due), `requested`.
 */
export type ExitReason =
  | 'unchanged'
  | 'empty'
  | 'confident'
  | 'ambiguous'
  | 'complex'
  | 'refresh'
  | 'requested'

/** Where a frame stopped, and on what grounds. */
export interface Exit {
  readonly stage: Stage
  readonly reason: ExitReason
  /** Share of the picture that changed, 0..1. */
  readonly motion: number
  /** Edge density of what changed, 0..1. */
  readonly complexity: number
  /** True if the scout looked and the expert had to look as well. */
  readonly escalated: boolean
}

/** Milliseconds of wall time per stage; 0 for a stage that did not run. */
export interface StageTimings {
  readonly decode: number
  readonly gate: number
  readonly scout: number
  readonly expert: number
}

/** What the cascade says of one picture. */
export interface Look {
  readonly exit: Exit
  readonly detections: readonly Detection[]
  readonly timingsMs: StageTimings
  /** Size of the picture in pixels. */
  readonly width: number
  readonly height: number
}
