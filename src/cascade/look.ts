import type { Depth, Detection, Look } from './detection.js'
import { type ExitFacts, exitOf } from './exit.js'
import { bandOf, type ClassThresholds, createJudge, type Policy } from './policy.js'
import type { Opened } from './stages.js'
import type { Model } from './zoo.js'

export interface LookerOptions {
  readonly scout: Model
  readonly policy: Policy
}

export interface LookOptions {
  readonly depth: Depth
  /** Lowest score to report, 0..1; left out: that from which the deciding model is certain. */
  readonly minScore?: number | undefined
}

/** Scores below it are right so seldom that they add nothing to the doubt. */
const DOUBT_FLOOR = 0.05

/**
 * The cascade for single pictures. Nothing is known of them, and no motion tells what matters: how much doubt the scout's
 * answers leave decides alone. (Edges and entropy of the whole picture, as in ECORE 2025, chose no better than chance: docs/bench.md.)
 */
export function createLooker({ scout, policy }: LookerOptions) {
  const judge = createJudge(scout, policy)

  /** Looks at one picture as hard as it deserves, or as `depth` asks. */
  return async function look(picture: Opened, { depth, minScore }: LookOptions): Promise<Look> {
    const askExpert = async (facts: Omit<ExitFacts, 'stage'>): Promise<Look> => {
      const { detections, thresholds, at } = await picture.expert(minScore)
      const shown = detections.filter(reported(thresholds, minScore))
      return end(picture, { ...facts, stage: 'expert', expert: at }, shown)
    }
    if (depth === 'expert') return askExpert({ reason: 'requested' })

    const seen = await picture.scout(Math.min(DOUBT_FLOOR, minScore ?? 1))
    const candidates = judge.all(seen, 1)
    const doubt = judge.doubtOf(seen)
    const facts = { candidates, doubt }
    if (depth === 'auto' && doubt > policy.doubtLimit) {
      return askExpert({ ...facts, reason: 'ambiguous' })
    }
    const answer = candidates.length === 0 ? 'empty' : 'confident'
    const reason = depth === 'auto' ? answer : 'requested'
    const shown = seen.filter(reported(scout.thresholds, minScore))
    return end(picture, { ...facts, stage: 'scout', reason }, shown)
  }
}

/** What is worth reporting: from the score that was asked for, else from where the model is certain. */
function reported(thresholds: ClassThresholds, minScore: number | undefined) {
  return ({ label, score }: Detection): boolean =>
    score >= (minScore ?? bandOf(thresholds, label, 1).high)
}

function end(picture: Opened, facts: ExitFacts, detections: readonly Detection[]): Look {
  const { width, height, startedAt } = picture
  return {
    startedAt,
    width,
    height,
    exit: exitOf(facts),
    detections,
    candidates: facts.candidates ?? [],
    timingsMs: picture.timings(),
  }
}
