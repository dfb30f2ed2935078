import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import type { Depth, Detection, Look } from './detection.js'
import { type ExitFacts, exitOf } from './exit.js'
import { createComplexityMeter } from './gate/complexity.js'
import { answerOf, bandOf, createJudge, floorOf, type Policy, questionOfPicture } from './policy.js'
import type { Opened } from './stages.js'
import type { Model } from './zoo.js'

export interface LookerOptions {
  readonly scout: Model
  readonly expert: Model
  readonly policy: Policy
}

export interface LookOptions {
  readonly depth: Depth
  /** Lowest score to report, 0..1; left out: that from which the deciding model is certain. */
  readonly minScore?: number | undefined
}

/** Scores below it are right so seldom that they add nothing to the doubt. */
const DOUBT_FLOOR = 0.05

/** The cascade for single pictures: nothing is known of them, and no motion tells what matters. */
export function createLooker({ scout, expert, policy }: LookerOptions) {
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
  const measure = createComplexityMeter()
  const judge = createJudge(scout, policy)

  /** Looks at one picture as hard as it deserves, or as `depth` asks. */
  return async function look(picture: Opened, { depth, minScore }: LookOptions): Promise<Look> {
    const askExpert = async (facts: Omit<ExitFacts, 'stage'>): Promise<Look> => {
      const seen = await picture.expert(minScore ?? floorOf(expert.thresholds))
      return end(picture, { ...facts, stage: 'expert' }, seen.filter(reported(expert, minScore)))
    }
    if (depth === 'expert') return askExpert({ reason: 'requested' })

    let complexity: ExitFacts['complexity']
    if (depth === 'auto') {
      await picture.thumbnail(luma)
      complexity = picture.gate(() => measure(luma, 0))
    }
    const seen = await picture.scout(Math.min(DOUBT_FLOOR, minScore ?? 1))
    const candidates = judge.all(seen, 1)
    const doubt = judge.doubtOf(seen)
    const question =
      depth === 'auto' ? questionOfPicture(doubt, complexity!.total, policy) : undefined
    const facts = { complexity, candidates, doubt }
    if (question !== undefined) return askExpert({ ...facts, reason: question })
    const reason = depth === 'auto' ? answerOf(candidates) : 'requested'
    return end(
      picture,
      { ...facts, stage: 'scout', reason },
      seen.filter(reported(scout, minScore)),
    )
  }
}

/** What is worth reporting: from the score that was asked for, else from where the model is certain. */
function reported({ thresholds }: Model, minScore: number | undefined) {
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
