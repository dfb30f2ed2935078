import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import { monotonicMs } from '../lib/clock.js'
import type { ExitReason, Judged, Look, StageTimings, Tracked } from './detection.js'
import type { Effort } from './effort.js'
import { type ExitFacts, exitOf } from './exit.js'
import { createGate, type GateReading } from './gate/gate.js'
import {
  answerOf,
  bandOf,
  createJudge,
  floorOf,
  judgeKnown,
  type Policy,
  questionOf,
} from './policy.js'
import { createAttention } from './scene/attention.js'
import { createScene, type Weighing } from './scene/scene.js'
import { createSpacer } from './spacer.js'
import type { Opened } from './stages.js'
import type { Model } from './zoo.js'

export interface WatcherOptions {
  readonly scout: Model
  readonly expert: Model
  readonly policy: Policy
}

/** One frame of the camera that is watched. */
export interface Watched {
  /** Opens the picture; not called for a frame that nobody looks at. */
  open(): Promise<Opened>
  /** Monotonic milliseconds. */
  readonly capturedAt: number
  readonly effort: Effort
}

/** Another scene every frame is a camera that is being turned: no more than that many milliseconds apart is it worth a full look. */
const CUT_MS = 1000
/** Below this share of the fitted doubt a budget presses too hard to have what is certain confirmed. */
/** Blocks of the thumbnail: what is smaller and unknown to the scout is a leaf. */
const STRANGER_BLOCKS = 4
const CONFIRM_DOUBT = 0.8

const NO_WORK: StageTimings = { decode: 0, gate: 0, scout: 0, expert: 0 }

/** Looks at the next frame of one camera; frames must come in order. */
export type Watch = (frame: Watched) => Promise<Look<Tracked>>

/** The cascade for one camera: what is known of its scene decides how hard each frame is looked at. */
export function createWatcher({ scout, expert, policy }: WatcherOptions): Watch {
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
  const gate = createGate()
  const scene = createScene()
  const attention = createAttention()
  const judge = createJudge(scout, policy)
  const expertFloor = floorOf(expert.thresholds)
  const expertHigh = (label: string) => bandOf(expert.thresholds, label, 1).high
  const looks = createSpacer()
  const questions = createSpacer()
  let readAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let expertAt = Number.NEGATIVE_INFINITY
  /** A question that could not be asked when it arose. */
  let open: ExitReason | undefined
  let size = { width: 0, height: 0 }

  return async function watch(frame) {
    const { capturedAt, effort } = frame
    const sinceLookMs = capturedAt - lookedAt
    const sinceExpertMs = capturedAt - expertAt
    const refresh = sinceExpertMs >= policy.refreshSeconds * 1000
    const since = { sinceLookMs: finite(sinceLookMs), sinceExpertMs: finite(sinceExpertMs) }
    const tooSoon = capturedAt - readAt < policy.readMs
    if (!refresh && (tooSoon || !looks.due(effort.lookEveryMs, capturedAt))) {
      scene.advance(capturedAt, false)
      return end(undefined, { ...since, stage: 'gate', reason: 'paced' })
    }
    readAt = capturedAt
    return look(await frame.open())

    async function look(picture: Opened): Promise<Look<Tracked>> {
      size = { width: picture.width, height: picture.height }
      await picture.thumbnail(luma)
      const reading = picture.gate(() => gate.read(luma, capturedAt))
      const facts = {
        ...since,
        motion: reading.motion,
        complexity: reading.complexity,
        blobs: reading.blobCount,
      }
      scene.advance(capturedAt, reading.motion === 0)
      if (refresh) return askExpert(picture, reading, { ...facts, reason: 'refresh' })
      if (reading.event === 'cut' && sinceExpertMs >= CUT_MS) {
        return askExpert(picture, reading, { ...facts, reason: 'cut' })
      }
      const mayAsk =
        sinceExpertMs >= policy.expertMs && questions.due(effort.expertEveryMs, capturedAt)
      if (open !== undefined && mayAsk)
        return askExpert(picture, reading, { ...facts, reason: open })
      const enough = picture.gate(() => enoughAtGate(reading))
      if (enough !== undefined) return end(picture, { ...facts, stage: 'gate', reason: enough })
      return askScout(picture, reading, facts, mayAsk)
    }

    function looked(): void {
      if (lookedAt !== capturedAt) looks.take(effort.lookEveryMs, capturedAt)
      lookedAt = capturedAt
    }

    /** Why no network need look; undefined if one must. */
    function enoughAtGate(reading: GateReading): ExitReason | undefined {
      if (reading.motion === 0) return 'unchanged'
      const motion = attention.weigh(reading, scene.explaining(), capturedAt)
      if (motion === 'fresh') return undefined
      if (motion === 'explained') {
        const followMs = scene.settled() ? 2 * policy.followMs : policy.followMs
        return sinceLookMs < followMs ? 'followed' : undefined
      }
      if (sinceLookMs < Math.min(policy.followMs, policy.retryMs)) return 'unrecognised'
      return motion.sinceMs < policy.retryMs ? 'unrecognised' : undefined
    }

    /** Something large goes on moving that no network has recognised. */
    function stranger(reading: GateReading): boolean {
      if (sinceExpertMs < policy.strangerMs) return false
      const motion = attention.weigh(reading, scene.explaining(), capturedAt)
      return typeof motion === 'object' && motion.blocks >= STRANGER_BLOCKS
    }

    async function askScout(
      picture: Opened,
      reading: GateReading,
      facts: Omit<ExitFacts, 'stage' | 'reason'>,
      mayAsk: boolean,
    ): Promise<Look<Tracked>> {
      const judged = judge.all(await picture.scout(judge.floor(effort.doubt)), effort.doubt)
      looked()
      const certain = new Set(judged.filter(({ meaning }) => meaning !== 'ambiguous'))
      const weighing = scene.weigh(
        judged,
        candidate => certain.has(candidate as Judged),
        luma,
        capturedAt,
      )
      const candidates = judged.map((candidate, i) =>
        judgeKnown(candidate, weighing.candidates[i]!.meaning),
      )
      const asked =
        effort.doubt < CONFIRM_DOUBT
          ? candidates.filter(({ meaning }) => meaning !== 'new')
          : candidates
      const question = questionOf(asked, reading.complexity.total, policy, weighing.lost)
      const unsettled = judged.filter(
        (_, i) => candidates[i]!.meaning !== 'known' && candidates[i]!.meaning !== 'refuted',
      )
      const all = {
        ...facts,
        candidates,
        doubt: judge.doubtOf(unsettled),
        lost: weighing.lost.length,
      }
      if (mayAsk && question === undefined && stranger(reading)) {
        return askExpert(picture, reading, { ...all, reason: 'unrecognised' }, weighing)
      }
      if (question !== undefined && mayAsk)
        return askExpert(picture, reading, { ...all, reason: question }, weighing)
      open = question
      scene.trustScout(weighing, luma, capturedAt)
      attention.lookedInVain(reading, scene.explaining(), capturedAt)
      const reason = question === undefined ? answerOf(candidates) : 'deferred'
      return end(picture, { ...all, stage: 'scout', reason })
    }

    async function askExpert(
      picture: Opened,
      reading: GateReading,
      facts: Omit<ExitFacts, 'stage'>,
      asked?: Weighing,
    ): Promise<Look<Tracked>> {
      const seen = await picture.expert(expertFloor)
      scene.trustExpert(seen, expertHigh, asked, luma, capturedAt)
      attention.lookedInVain(reading, scene.explaining(), capturedAt)
      open = scene.unsure() ? 'new' : undefined
      looked()
      if (facts.reason !== 'refresh') questions.take(effort.expertEveryMs, capturedAt)
      expertAt = capturedAt
      return end(picture, { ...facts, stage: 'expert' })
    }
  }

  function end(picture: Opened | undefined, facts: ExitFacts): Look<Tracked> {
    return {
      startedAt: picture?.startedAt ?? monotonicMs(),
      ...size,
      exit: exitOf(facts),
      detections: scene.shown(),
      candidates: facts.candidates ?? [],
      timingsMs: picture?.timings() ?? NO_WORK,
    }
  }
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null
}
