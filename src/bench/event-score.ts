import type { Detection } from '../cascade/detection.js'
import { type Box, iou } from '../lib/box.js'
import type { ReferenceEvent, Seen } from './events.js'
import { mean, percentile } from './summary.js'

/** What a policy showed, beside what the reference saw in the same frames. */
export interface Showing {
  readonly shown: readonly Seen[]
  /** All of it counts: leave out what the reference itself would not report. */
  readonly reference: readonly Seen[]
  /** Frames per second. */
  readonly fps: number
}

/** How a policy did on one event. */
export interface EventOutcome {
  readonly event: ReferenceEvent
  /** Milliseconds from its first frame to its first report; null if it was never reported. */
  readonly delayMs: number | null
  /** Share of its frames in which it was shown, 0..1. */
  readonly coverage: number
}

/** How a policy did; shares are 0..1, and null where there is nothing to take a share of. */
export interface EventScore {
  readonly outcomes: readonly EventOutcome[]
  /** Share of the events that were reported. */
  readonly eventRecall: number | null
  /** Mean coverage of the events. */
  readonly coverage: number | null
  /** Over all events, those never reported being the slowest; null if such a one stands at that place. */
  readonly delayMs: { readonly median: number | null; readonly p95: number | null }
  /** Share of the reference's boxes that were shown. */
  readonly boxRecall: number | null
  /** Share of the shown boxes that the reference knows nothing of. */
  readonly falseShare: number | null
}

/** Least overlap at which a shown box is the reference's: the bound of AP50. */
const SHOWN_IOU = 0.5
/** Least overlap at which a shown box is at least about something that the reference saw, */
const KNOWN_IOU = 0.3
/** so long before or after. */
const EXCUSED_S = 1

/**
 * What a policy reported of the events. A box is shown if the policy has one of its class over it (IoU 0.5) in the same frame;
 * an event is reported by the first of its boxes that is shown, so a report after its end comes too late.
 *
 * To report an event is easy, one frame will do: coverage says whether it stayed in view, `delayMs` whether that came early, and
 * `falseShare` what it cost. A shown box is false if the reference saw nothing of its class there (IoU 0.3) within a second
 * before or after: flicker of the reference and a box that lags behind are excused, a box that outlives its object is not. Two
 * boxes on one object are not false either; to tell them apart is average precision's business. Delays include events that were
 * never reported, or a policy would look the faster the more of the hard ones it missed. Few events make coarse shares: say
 * "5 of 6", not 83 %.
 * Throws RangeError unless there are as many frames of both.
 */
export function scoreEvents(events: readonly ReferenceEvent[], showing: Showing): EventScore {
  const { shown, reference, fps } = showing
  if (shown.length !== reference.length) {
    throw new RangeError(
      `expected as many frames of both, found ${shown.length}, ${reference.length}`,
    )
  }
  const outcomes = events.map(event => outcomeOf(event, shown, fps))
  const delays = outcomes.map(({ delayMs }) => delayMs ?? Infinity)
  const seenFlags = reference.flatMap((seen, frame) =>
    seen.map(({ classId, box }) => overlaps(shown[frame]!, classId, box, SHOWN_IOU)),
  )
  const falseFlags = shown.flatMap((seen, frame) =>
    seen.map(detection => !isKnown(detection, frame, reference, fps)),
  )
  return {
    outcomes,
    eventRecall: shareOf(outcomes.map(({ delayMs }) => delayMs !== null)),
    coverage: outcomes.length === 0 ? null : mean(outcomes.map(({ coverage }) => coverage)),
    delayMs: { median: delayAt(delays, 0.5), p95: delayAt(delays, 0.95) },
    boxRecall: shareOf(seenFlags),
    falseShare: shareOf(falseFlags),
  }
}

function outcomeOf(event: ReferenceEvent, shown: readonly Seen[], fps: number): EventOutcome {
  const frames = [...event.boxes]
    .filter(([frame, box]) => overlaps(shown[frame]!, event.classId, box, SHOWN_IOU))
    .map(([frame]) => frame)
  return {
    event,
    delayMs: frames.length === 0 ? null : ((frames[0]! - event.first) / fps) * 1000,
    coverage: frames.length / event.boxes.size,
  }
}

/** Whether the reference saw something of its class there, a moment before or after. */
function isKnown(
  { classId, box }: Detection,
  frame: number,
  reference: readonly Seen[],
  fps: number,
): boolean {
  // outwards from the frame itself, which nearly always has it
  for (let away = 0; away <= EXCUSED_S * fps; away++) {
    for (const seen of [reference[frame - away], reference[frame + away]]) {
      if (seen !== undefined && overlaps(seen, classId, box, KNOWN_IOU)) return true
    }
  }
  return false
}

function overlaps(seen: Seen, classId: number, box: Box, least: number): boolean {
  return seen.some(other => other.classId === classId && iou(other.box, box) >= least)
}

function delayAt(delays: readonly number[], share: number): number | null {
  if (delays.length === 0) return null
  const delay = percentile(delays, share)
  return delay === Infinity ? null : delay
}

function shareOf(flags: readonly boolean[]): number | null {
  return flags.length === 0 ? null : mean(flags.map(Number))
}
