import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import { monotonicMs } from '../lib/clock.js'
import type { Detection, ExitReason, Judged, Look, LookTimings, Tracked } from './detection.js'
import type { Effort } from './effort.js'
import { type ExitFacts, exitOf } from './exit.js'
import { createGate, type GateReading } from './gate/gate.js'
import type { Mask } from './mask.js'
import { answerOf, bandOf, createJudge, judgeKnown, type Policy, questionOf } from './policy.js'
import { createAttention } from './scene/attention.js'
import { createScene, type Scene, type Weighing } from './scene/scene.js'
import { createSpacer } from './spacer.js'
import type { Opened } from './stages.js'
import type { Model } from './zoo.js'

export interface WatcherOptions {
  readonly scout: Model
  readonly policy: Policy
  /** Left out: nothing is hidden. */
  readonly mask?: Mask
}

/** One frame of the camera that is watched. */
export interface Watched {
  /** Opens the picture; not called for a frame that nobody looks at. */
  open(): Promise<Opened>
  /** Monotonic milliseconds. */
  readonly capturedAt: number
  readonly effort: Effort
}

/** A camera that is being turned shows another scene in every frame: so many milliseconds apart they are worth a full look. */
const CUT_MS = 1000
/** Below this share of the fitted doubt a budget presses too hard to have what is certain confirmed. */
const CONFIRM_DOUBT = 0.8
/** Blocks of the thumbnail: what is smaller and unknown to the scout is a leaf. */
const STRANGER_BLOCKS = 4
const LARGE_STRANGER_BLOCKS = 24
/** What the expert has barely seen is shown to it again soon, but no more often than this many times `expertMs`: it may flicker for ever. */
const CONFIRM_REST = 3

/** Candidates of a moving scene are where they were for so long. */
const STALE_MS = 250

const NO_WORK: LookTimings = { decode: 0, gate: 0, scout: 0, expert: 0, remote: 0 }

/** Looks at the next frame of one camera; frames must come in order. */
export type Watch = (frame: Watched) => Promise<Look<Tracked>>

/** A frame while it is being looked at. */
interface Looking {
  readonly picture: Opened
  readonly reading: GateReading
  readonly atMs: number
  readonly effort: Effort
  readonly sinceLookMs: number
  readonly sinceExpertMs: number
  /** Whether the expert may be asked about an open question now. */
  readonly mayAsk: boolean
}

/**
 * The cascade for one camera: what is known of its scene decides how hard each frame is looked at.
 * @param scene what an earlier watcher of the camera knew, and goes on knowing under other models or another policy
 */
export function createWatcher(
  { scout, policy, mask }: WatcherOptions,
  scene: Scene = createScene(),
): Watch {
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
  const gate = createGate(policy.gateTolerance, mask?.blocks)
  const attention = createAttention()
  const judge = createJudge(scout, policy)
  const looks = createSpacer()
  const questions = createSpacer()
  let readAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let expertAt = Number.NEGATIVE_INFINITY
  let confirmedAt = Number.NEGATIVE_INFINITY
  /** A question that could not be asked when it arose, and the scout's candidates that it arose from. */
  let open: { readonly reason: ExitReason; readonly asked: Weighing } | undefined
  let size = { width: 0, height: 0 }

  async function watch({ open, capturedAt: atMs, effort }: Watched): Promise<Look<Tracked>> {
    const refresh = atMs - expertAt >= policy.refreshSeconds * 1000
    const tooSoon = atMs - readAt < policy.readMs || !looks.due(effort.lookEveryMs, atMs)
    if (tooSoon && !refresh) {
      scene.advance(atMs, false)
      return pace(atMs)
    }
    readAt = atMs
    const picture = await open()
    size = { width: picture.width, height: picture.height }
    await picture.thumbnail(luma)
    const reading = picture.gate(() => gate.read(luma, atMs))
    scene.advance(atMs, reading.motion === 0)
    const sinceExpertMs = atMs - expertAt
    const mayAsk = sinceExpertMs >= policy.expertMs && questions.due(effort.expertEveryMs, atMs)
    const sinceLookMs = atMs - lookedAt
    const looking = { picture, reading, atMs, effort, sinceLookMs, sinceExpertMs, mayAsk }
    return look(looking, refresh)
  }

  function look(looking: Looking, refresh: boolean): Promise<Look<Tracked>> {
    const { picture, reading, atMs, sinceLookMs, sinceExpertMs, mayAsk } = looking
    if (refresh) return askExpert(looking, 'refresh')
    if (reading.event === 'cut' && sinceExpertMs >= CUT_MS) return askExpert(looking, 'cut')
    const asking = mayAsk ? open : undefined
    if (asking !== undefined) {
      // where things have moved on, the scout looks again: an answer must find what it is to
      const stale = reading.motion > 0 && sinceLookMs > STALE_MS
      return stale ? askScout(looking) : askExpert(looking, asking.reason, {}, asking.asked)
    }
    if (mayAsk && scene.unsure() && atMs - confirmedAt >= CONFIRM_REST * policy.expertMs) {
      confirmedAt = atMs
      return askExpert(looking, 'new')
    }
    const enough = picture.gate(() => enoughAtGate(looking))
    if (enough === undefined) return askScout(looking)
    return Promise.resolve(end(looking, { stage: 'gate', reason: enough }))
  }

  /** Why no network need look; undefined if one must. */
  function enoughAtGate({ reading, atMs, sinceLookMs }: Looking): ExitReason | undefined {
    if (reading.motion === 0) {
      // who goes from one frame to the next leaves nothing that moves
      return sinceLookMs >= policy.followMs && scene.altered(luma) ? undefined : 'unchanged'
    }
    const motion = attention.weigh(reading, scene.explaining(), atMs)
    if (motion === 'fresh') return undefined
    if (motion === 'explained') {
      const followMs = scene.settled() ? 2 * policy.followMs : policy.followMs
      return sinceLookMs < followMs ? 'followed' : undefined
    }
    const again = sinceLookMs >= Math.min(policy.followMs, policy.retryMs)
    return again && motion.sinceMs >= policy.retryMs ? undefined : 'unrecognised'
  }

  async function askScout(looking: Looking): Promise<Look<Tracked>> {
    const { picture, reading, atMs, effort, mayAsk } = looking
    const seen = visible(await picture.scout(judge.floor(effort.doubt)))
    const judged = judge.all(seen, effort.doubt)
    looked(looking)
    const weighing = scene.weigh(judged, isCertain, luma, atMs)
    const candidates = judged.map((candidate, i) =>
      judgeKnown(candidate, weighing.candidates[i]!.meaning),
    )
    const asked = effort.doubt < CONFIRM_DOUBT ? candidates.filter(isNotNew) : candidates
    const question =
      questionOf(asked, reading.complexity.total, policy, weighing.lost) ??
      (isStranger(looking) ? 'unrecognised' : undefined)
    const doubt = judge.doubtOf(candidates.filter(isUnsettled))
    const facts = { candidates, doubt, lost: weighing.lost.length }
    if (question !== undefined && mayAsk) return askExpert(looking, question, facts, weighing)
    open = question === undefined ? undefined : { reason: question, asked: weighing }
    scene.trustScout(weighing, luma, atMs)
    attention.lookedInVain(reading, scene.explaining(), atMs)
    const reason = question === undefined ? answerOf(candidates) : 'deferred'
    return end(looking, { ...facts, stage: 'scout', reason })
  }

  /** Something large goes on moving that no network has recognised. */
  function isStranger({ reading, atMs, sinceExpertMs, mayAsk }: Looking): boolean {
    const motion = attention.weigh(reading, scene.explaining(), atMs)
    // of another scene all is strange, and a full look has its own rule
    if (!mayAsk || reading.event === 'cut' || typeof motion !== 'object') return false
    if (motion.blocks < STRANGER_BLOCKS) return false
    // what fills much of the picture is gone sooner, and matters more
    const large = motion.blocks >= LARGE_STRANGER_BLOCKS
    return sinceExpertMs >= (large ? policy.strangerMs / 2 : policy.strangerMs)
  }

  async function askExpert(
    looking: Looking,
    reason: ExitReason,
    facts: Partial<ExitFacts> = {},
    asked?: Weighing,
  ): Promise<Look<Tracked>> {
    const { picture, reading, atMs, effort, sinceExpertMs } = looking
    const { detections, thresholds, at } = await picture.expert()
    const high = (label: string) => bandOf(thresholds, label, 1).high
    scene.trustExpert(visible(detections), high, asked, luma, atMs)
    // in the first frame of all, everything counts as moving
    if (Number.isFinite(sinceExpertMs)) attention.lookedInVain(reading, scene.explaining(), atMs)
    looked(looking)
    // a full look that was due anyway does not count against what the budget allows
    if (reason !== 'refresh') questions.take(effort.expertEveryMs, atMs)
    open = undefined
    expertAt = atMs
    return end(looking, { ...facts, stage: 'expert', reason, expert: at })
  }

  function visible(seen: Detection[]): Detection[] {
    return mask === undefined ? seen : seen.filter(({ box }) => !mask.hides(box))
  }

  function looked({ atMs, effort }: Looking): void {
    if (lookedAt !== atMs) looks.take(effort.lookEveryMs, atMs)
    lookedAt = atMs
  }

  function end(
    { picture, reading, sinceLookMs, sinceExpertMs }: Looking,
    facts: ExitFacts,
  ): Look<Tracked> {
    const { motion, complexity, blobCount } = reading
    const exit = exitOf({
      motion,
      complexity,
      blobs: blobCount,
      sinceLookMs,
      sinceExpertMs,
      ...facts,
    })
    return {
      startedAt: picture.startedAt,
      ...size,
      exit,
      detections: scene.shown(),
      candidates: facts.candidates ?? [],
      timingsMs: picture.timings(),
    }
  }

  /** The end of a frame that nobody opens. */
  function pace(atMs: number): Look<Tracked> {
    const since = { sinceLookMs: atMs - lookedAt, sinceExpertMs: atMs - expertAt }
    return {
      startedAt: monotonicMs(),
      ...size,
      exit: exitOf({ stage: 'gate', reason: 'paced', motion: 0, ...since }),
      detections: scene.shown(),
      candidates: [],
      timingsMs: NO_WORK,
    }
  }

  return watch
}

const isCertain = (candidate: Judged): boolean => candidate.meaning !== 'ambiguous'
const isNotNew = ({ meaning }: Judged): boolean => meaning !== 'new'
const isUnsettled = ({ meaning }: Judged): boolean => meaning !== 'known' && meaning !== 'refuted'
