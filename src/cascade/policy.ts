import type { Detection, ExitReason } from './detection.js'

/** What follows from the scout's candidates. */
export interface Verdict {
  readonly escalate: boolean
  readonly reason: ExitReason
}

/**
 * Two thresholds as in NoScope (Kang et al. 2017): a candidate between them is a question for the expert;
 * so is a picture too complex for the scout to be trusted with.
 * @param candidates the scout's detections from `low` up
 * @param high the score from which a candidate is certain, 0..1
 * @param complexity 0..1, edge density of what changed
 */
export function judge(
  candidates: readonly Detection[],
  complexity: number,
  high: number,
  complexityLimit: number,
): Verdict {
  if (candidates.some(candidate => candidate.score < high)) {
    return { escalate: true, reason: 'ambiguous' }
  }
  if (complexity > complexityLimit) return { escalate: true, reason: 'complex' }
  return { escalate: false, reason: candidates.length === 0 ? 'empty' : 'confident' }
}
