import type { Camera } from './camera/camera.js'
import type { Auditor } from './cascade/auditor.js'
import type { Budget, BudgetState } from './cascade/budget.js'
import type { Cascade } from './cascade/cascade.js'
import type { Judged, Look, Tracked } from './cascade/detection.js'
import { createQuietness } from './cascade/quiet.js'
import type { Result, TrackedDetection } from './events/result.js'
import type { Frame } from './frame/frame.js'
import { isoTime, monotonicMs } from './lib/clock.js'
import { codeOf, SquintError } from './lib/errors.js'
import { round } from './lib/round.js'
import type { BoardState } from './power/board/board-state.js'
import type { Attribution } from './power/energy.js'

/** What may change from frame to frame. */
export interface LineState {
  readonly budget: Budget
  readonly auditor: Auditor
  /** Frames older than this are dropped, not analysed late. */
  readonly maxAgeMs: number
  /** False: nobody looks at the frames; they come all the same. */
  readonly looks: boolean
}

export interface PipelineOptions {
  readonly camera: Camera
  readonly cascade: Pick<Cascade, 'watch'>
  /** What becomes of the objects that are seen. */
  readonly events: {
    place(detections: readonly Tracked[], atMs: number): readonly TrackedDetection[]
    observe(result: Result, frame: Frame): void
    /** Nobody looks any more. */
    pause(): void
  }
  settings(): LineState
  readonly energy: Pick<Attribution, 'attribute'>
  /** The whole service's watts above idle. */
  watts(): number
  /** Of the board. */
  heat(): Pick<BoardState, 'celsius' | 'throttled'>
  /** @param candidates what the scout saw on the way */
  publish(result: Result, candidates: readonly Judged[]): void
  /** A frame gets no result: it was too old, or could not be looked at. */
  onSkipped(why: 'stale' | 'failed', error: unknown): void
}

/** The loop of one camera: frame, cascade, events, outputs; until the camera ends or the cascade closes. */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  const { camera, cascade, events } = options
  const isQuiet = createQuietness()
  for (let frame = await camera.next(); frame !== undefined; frame = await camera.next()) {
    const { budget, auditor, maxAgeMs, looks } = options.settings()
    if (!looks) {
      events.pause()
      continue
    }
    const ageMs = Math.round(monotonicMs() - frame.capturedAt)
    if (ageMs > maxAgeMs) {
      const message = `expected a frame at most ${maxAgeMs} ms old, found ${ageMs} ms`
      options.onSkipped('stale', new SquintError('FRAME_STALE', message))
      continue
    }
    try {
      const spent = budget.state()
      const doubt = spent.effort.doubt * auditor.snapshot().tighten
      const look = await cascade.watch(frame, { ...spent.effort, doubt })
      const detections = events.place(look.detections, frame.capturedAt)
      const result = toResult(frame, look, detections, spent, options.energy)
      camera.rest(isQuiet(look.exit, frame.capturedAt))
      observe(result, frame, look, options, { budget, auditor })
      options.publish(result, look.candidates)
      events.observe(result, frame)
    } catch (error) {
      if (codeOf(error) === 'CLOSED') return
      options.onSkipped('failed', error)
    }
  }
}

/** What a frame has cost is told to those who decide about the next ones. */
function observe(
  { energyMj }: Result,
  frame: Frame,
  look: Look,
  { watts, heat }: PipelineOptions,
  { budget, auditor }: Pick<LineState, 'budget' | 'auditor'>,
): void {
  const { decode, gate, scout, expert } = look.timingsMs
  const { celsius, throttled } = heat()
  budget.observe({
    atMs: frame.capturedAt,
    millijoules: energyMj.total,
    milliseconds: decode + gate + scout + expert,
    watts: watts(),
    celsius,
    throttled: throttled === true,
  })
  auditor.consider(frame, look, energyMj.total)
}

function toResult(
  frame: Frame,
  { startedAt, width, height, exit, timingsMs }: Look,
  detections: readonly TrackedDetection[],
  { limitedBy, level, target, actual, atFloor, moved }: BudgetState,
  energy: Pick<Attribution, 'attribute'>,
): Result {
  const ageMs = round(monotonicMs() - frame.capturedAt, 3)
  return {
    camera: frame.camera,
    frame: {
      id: frame.id,
      capturedAt: isoTime(frame.capturedWallMs),
      ageMs,
      width,
      height,
    },
    exit,
    budget:
      limitedBy === null
        ? null
        : { limitedBy, level: round(level, 3), target, actual, atFloor, moved },
    detections,
    timingsMs: { queue: round(startedAt - frame.capturedAt, 3), ...timingsMs, total: ageMs },
    energyMj: energy.attribute(timingsMs),
  }
}
