import { round } from '../lib/round.js'
import type { Exit, ExitReason, Judged, Stage, Where } from './detection.js'
import type { Complexity } from './gate/complexity.js'

/** All that an exit is told from. */
export interface ExitFacts {
  readonly stage: Stage
  readonly reason: ExitReason
  /** Left out if no expert looked. */
  readonly expert?: Where
  /** Share of the picture that changed, 0..1; left out: nothing to compare with. */
  readonly motion?: number
  readonly complexity?: Complexity | undefined
  readonly blobs?: number
  readonly candidates?: readonly Judged[]
  /** Left out if the scout did not look. */
  readonly doubt?: number
  readonly lost?: number
  /** Infinite if never. */
  readonly sinceLookMs?: number
  readonly sinceExpertMs?: number
}

/** An exit as it is published: rounded, with the candidates counted by what they meant. */
export function exitOf(facts: ExitFacts): Exit {
  const { stage, reason, expert = null, motion = 1, complexity, candidates = [] } = facts
  const count = (...meanings: Judged['meaning'][]) =>
    candidates.filter(({ meaning }) => meanings.includes(meaning)).length
  return {
    stage,
    reason,
    motion: round(motion, 4),
    complexity: round(complexity?.total ?? 0, 4),
    escalated: stage === 'expert' && facts.doubt !== undefined,
    expert,
    grounds: {
      edges: round(complexity?.edges ?? 0, 4),
      entropy: round(complexity?.entropy ?? 0, 4),
      blobs: facts.blobs ?? 0,
      doubt: facts.doubt === undefined ? null : round(facts.doubt, 3),
      candidates: candidates.length,
      ambiguous: count('ambiguous'),
      new: count('new', 'small'),
      known: count('known', 'certain'),
      refuted: count('refuted'),
      lost: facts.lost ?? 0,
      sinceLookMs: since(facts.sinceLookMs),
      sinceExpertMs: since(facts.sinceExpertMs),
    },
  }
}

function since(ms = Number.POSITIVE_INFINITY): number | null {
  return Number.isFinite(ms) ? Math.round(ms) : null
}
