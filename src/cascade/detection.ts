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

/** An object that keeps its identity from frame to frame. */
export interface Tracked extends Detection {
  /** Stable for as long as the object stays in view, through exits at every stage. */
  readonly trackId: number
}

/**
 * Why a frame stopped where it did.
 * gate: `unchanged`; `followed` (all that moves is known and was looked at a moment ago); `unrecognised` (what moves was looked
 * at a moment ago in vain); `paced` (a budget allows no look yet).
 * scout: `empty`; `confident` (all candidates certain); `known` (some are only settled because the expert has judged them
 * before); `deferred` (a question is open, but the expert was asked a moment ago); `requested`.
 * expert: `ambiguous` (a candidate between the scout's thresholds); `new` (a certain one that was not there before); `lost` (a
 * known object that the scout does not see); `small` (a certain one too small for the scout to be trusted); `complex` (too much
 * structure in what changed); `unrecognised` (something large goes on moving that the scout does not know); `cut` (another scene);
 * `refresh` (a full look was due); `requested`.
 */
export type ExitReason =
  | 'unchanged'
  | 'followed'
  | 'unrecognised'
  | 'paced'
  | 'empty'
  | 'confident'
  | 'known'
  | 'deferred'
  | 'ambiguous'
  | 'new'
  | 'lost'
  | 'small'
  | 'complex'
  | 'cut'
  | 'refresh'
  | 'requested'

/** The numbers that an exit was decided on. */
export interface Grounds {
  /** Edge density and entropy of what changed, 0..1, and into how many groups of blocks it falls. */
  readonly edges: number
  readonly entropy: number
  readonly blobs: number
  /** Variance of the number of true objects among what the scout sees; null where it did not look. */
  readonly doubt: number | null
  /** Candidates of the scout: all, and by what they meant. */
  readonly candidates: number
  readonly ambiguous: number
  readonly new: number
  readonly known: number
  readonly refuted: number
  /** Objects that should have been seen and were not. */
  readonly lost: number
  /** Milliseconds since a network, and since the expert, last looked; null if never. */
  readonly sinceLookMs: number | null
  readonly sinceExpertMs: number | null
}

/** On this machine, or on a server. */
export type Where = 'local' | 'remote'

/** Where a frame stopped, and on what grounds. */
export interface Exit {
  readonly stage: Stage
  readonly reason: ExitReason
  /** Share of the picture that changed, 0..1. */
  readonly motion: number
  /** Of what changed, 0..1: edges, entropy, number of groups. */
  readonly complexity: number
  /** True if the scout looked and the expert had to look as well. */
  readonly escalated: boolean
  /** Which expert looked: here, also in place of a server that gave no answer, or there; null where none did. */
  readonly expert: Where | null
  readonly grounds: Grounds
}

/** What a candidate of the scout meant, and the thresholds it was held against. */
export interface Judged extends Detection {
  /** That it is right, 0..1, calibrated. */
  readonly probability: number
  readonly meaning: 'certain' | 'known' | 'refuted' | 'new' | 'small' | 'ambiguous'
  readonly low: number
  readonly high: number
}

/** Milliseconds of wall time that this machine works per stage; 0 for a stage that did not run. */
export interface StageTimings {
  readonly decode: number
  readonly gate: number
  readonly scout: number
  readonly expert: number
}

/** What a look takes: work that is charged with energy, and waiting that is not. */
export interface LookTimings extends StageTimings {
  /** Waited for an expert on a server, in vain or not; 0 if none was asked. */
  readonly remote: number
}

/** What the cascade says of one picture. */
export interface Look<D extends Detection = Detection> {
  readonly exit: Exit
  readonly detections: readonly D[]
  /** The scout's candidates; empty if it did not look. */
  readonly candidates: readonly Judged[]
  readonly timingsMs: LookTimings
  /** Size of the picture in pixels. */
  readonly width: number
  readonly height: number
  /** When it was begun, monotonic milliseconds. */
  readonly startedAt: number
}
