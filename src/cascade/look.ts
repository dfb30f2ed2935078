import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import type { createViewer, View } from '../frame/view.js'
import { monotonicMs } from '../lib/clock.js'
import { round } from '../lib/round.js'
import type { Detection, ExitReason, StageTimings } from './detection.js'
import { createGate, edgeDensity, type Gate, type GateReading } from './gate.js'
import { judge } from './policy.js'
import type { LookAnswer, LookTask } from './protocol.js'
import type { Detector } from './session.js'
import { toDetections } from './suppress.js'

export interface LookerOptions {
  readonly view: ReturnType<typeof createViewer>
  readonly scout: Detector
  readonly expert: Detector
  /** A stream is looked at by the expert at least this often. */
  readonly refreshSeconds: number
  /** Above this complexity (0..1) the scout alone is not trusted. */
  readonly complexityLimit: number
}

/** What is remembered of a stream between its frames. */
interface Stream {
  readonly gate: Gate
  /** Capture time of the frame that the expert saw last, monotonic milliseconds. */
  expertAt: number
  /** Capture time of the frame in hand. */
  now: number
}

/** What is known of a picture while it is being looked at. */
interface Looking {
  readonly task: LookTask
  readonly view: View
  readonly startedAt: number
  readonly timings: { -readonly [stage in keyof StageTimings]: number }
  readonly reading: GateReading
}

/** The cascade itself: gate, scout, expert, one picture at a time. */
export function createLooker(options: LookerOptions) {
  const { scout, expert, refreshSeconds, complexityLimit } = options
  const streams = new Map<string, Stream>()
  const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)

  /** Looks at one picture as hard as it deserves, or as `task.depth` asks. Rejects with a PICTURE_ code if it cannot be read. */
  async function look(task: LookTask): Promise<LookAnswer> {
    const startedAt = monotonicMs()
    const view = await options.view(task.picture)
    const looking: Looking = {
      task,
      startedAt,
      view,
      timings: { decode: monotonicMs() - startedAt, gate: 0, scout: 0, expert: 0 },
      reading: { motion: 1, complexity: 0 },
    }
    if (task.depth === 'expert') return askExpert(looking, 'requested')
    if (task.depth === 'scout') return exit(looking, scout, 'requested', await run(looking, scout))
    const settled = await askGate(looking)
    if (settled === 'refresh') return askExpert(looking, settled)
    if (settled === 'unchanged') return exit(looking, undefined, settled, [])
    return askScout(looking)
  }

  /** Fills the reading in, and says if that settles how deep to look. */
  async function askGate({ task, view, timings, reading }: Looking) {
    const decodeStart = monotonicMs()
    await view.thumbnail(luma)
    const gateStart = monotonicMs()
    timings.decode += gateStart - decodeStart
    const stream = streamOf(task)
    if (stream === undefined) reading.complexity = edgeDensity(luma)
    else Object.assign(reading, stream.gate.read(luma, stream.now))
    timings.gate = monotonicMs() - gateStart
    if (stream === undefined) return undefined
    if (stream.now - stream.expertAt >= refreshSeconds * 1000) return 'refresh'
    return reading.motion === 0 ? 'unchanged' : undefined
  }

  /** The scout, and the expert if the scout leaves a question. */
  async function askScout(looking: Looking): Promise<LookAnswer> {
    const seen = await run(looking, scout)
    const { low, high } = scout.model.thresholds
    const candidates = seen.filter(({ score }) => score >= low)
    const verdict = judge(candidates, looking.reading.complexity, high, complexityLimit)
    if (!verdict.escalate) return exit(looking, scout, verdict.reason, seen)
    const answer = await askExpert(looking, verdict.reason)
    return { ...answer, exit: { ...answer.exit, escalated: true } }
  }

  async function askExpert(looking: Looking, reason: ExitReason): Promise<LookAnswer> {
    const seen = await run(looking, expert)
    const stream = streamOf(looking.task)
    if (stream !== undefined) stream.expertAt = stream.now
    return exit(looking, expert, reason, seen)
  }

  /** All that a detector sees from its `low` (or what the task wants reported) up, timed as its stage. */
  async function run({ task, view, timings }: Looking, { model, place, run }: Detector) {
    const decodeStart = monotonicMs()
    const placed = place(view)
    const rgb = await view.rgb(placed)
    const runStart = monotonicMs()
    timings.decode += runStart - decodeStart
    const floor = Math.min(model.thresholds.low, task.minScore ?? 1)
    const rows = await run(rgb, placed, floor)
    const detections = toDetections(rows, model, placed, floor)
    timings[model.role] = monotonicMs() - runStart
    return detections
  }

  function streamOf({ stream }: LookTask): Stream | undefined {
    if (stream === undefined) return undefined
    const known = streams.get(stream.camera) ?? { gate: createGate(), expertAt: -Infinity, now: 0 }
    known.now = stream.capturedAt
    streams.set(stream.camera, known)
    return known
  }

  return look
}

function exit(
  { task, startedAt, view, timings, reading }: Looking,
  last: Detector | undefined,
  reason: ExitReason,
  seen: readonly Detection[],
): LookAnswer {
  const floor = task.minScore ?? last?.model.thresholds.high ?? 1
  return {
    startedAt,
    width: view.width,
    height: view.height,
    exit: {
      stage: last?.model.role ?? 'gate',
      reason,
      motion: round(reading.motion, 4),
      complexity: round(reading.complexity, 4),
      escalated: false,
    },
    detections: seen.filter(({ score }) => score >= floor),
    timingsMs: {
      decode: round(timings.decode, 3),
      gate: round(timings.gate, 3),
      scout: round(timings.scout, 3),
      expert: round(timings.expert, 3),
    },
  }
}
