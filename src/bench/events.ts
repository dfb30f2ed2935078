import type { Detection } from '../cascade/detection.js'
import { type Box, iou } from '../lib/box.js'

/** What is seen in one frame. */
export type Seen = readonly Detection[]

/** An object that the reference saw for long enough to be worth a report. */
export interface ReferenceEvent {
  readonly label: string
  readonly classId: number
  /** Indices of the first and last frame in which it was seen. */
  readonly first: number
  readonly last: number
  /** Where it was, by frame; frames in which it went unseen are left out. */
  readonly boxes: ReadonlyMap<number, Box>
}

export interface EventOptions {
  /** Least score that an object begins with, 0..1. */
  readonly startScore?: number
  /** Least score that it goes on with, 0..1; not below what the reference reports, or the reference misses its own events. */
  readonly keepScore?: number
}

/** Where the experts of the zoo report. */
const KEEP_SCORE = 0.35
/** Well above it: see below. */
const START_SCORE = 0.5
/** Least overlap that carries an object from its last box to the next. */
const LINK_IOU = 0.3
/** An object may go unseen for so long, and is an event from so long on. */
const MOMENT_S = 1
/** Least share of an event's frames in which it is seen. */
const SEEN_SHARE = 0.5

interface LinkedObject extends ReferenceEvent {
  last: number
  readonly boxes: Map<number, Box>
}

/**
 * The events in what a reference (the expert on every frame) saw: objects linked greedily, best scores first, by overlap with
 * their last box, that last at least a second and are seen in at least half of the frames from first to last.
 *
 * What this is worth: an event is the reference's word, not the truth, and its mistakes count if they last. Large moving objects
 * come out the same whatever the scores. Small static ones flicker around the reference's threshold, and an object that begins
 * there is a coin toss: distant parked cars give 42 events that begin at 0.35, and 11 that begin at 0.5. Hence two scores: an
 * event is an object that the reference was once sure of, its first frame is a clear one, and flicker after that is bridged.
 * A long sparse tail can cost a solid beginning its place (6 of 69 objects of that car park at 0.35, none at 0.5).
 * Boxes are not extrapolated: velocities taken from two boxes of a small object are noise, and broke 143 objects into 420.
 */
export function findEvents(
  frames: readonly Seen[],
  fps: number,
  { startScore = START_SCORE, keepScore = KEEP_SCORE }: EventOptions = {},
): ReferenceEvent[] {
  const objects: LinkedObject[] = []
  let live: LinkedObject[] = []
  for (const [frame, seen] of frames.entries()) {
    live = live.filter(({ last }) => frame - last <= MOMENT_S * fps)
    const kept = seen.filter(({ score }) => score >= keepScore)
    for (const { label, classId, score, box } of kept.sort((a, b) => b.score - a.score)) {
      const object = nearest(live, frame, classId, box)
      if (object !== undefined) {
        object.last = frame
        object.boxes.set(frame, box)
      } else if (score >= startScore) {
        const begun = { label, classId, first: frame, last: frame, boxes: new Map([[frame, box]]) }
        objects.push(begun)
        live.push(begun)
      }
    }
  }
  return objects.filter(({ first, last, boxes }) => {
    return last - first >= MOMENT_S * fps && boxes.size >= SEEN_SHARE * (last - first + 1)
  })
}

/** The object of a class, not yet seen in this frame, whose last box overlaps most. */
function nearest(live: readonly LinkedObject[], frame: number, classId: number, box: Box) {
  let best: LinkedObject | undefined
  let bestIou = 0
  for (const object of live) {
    if (object.classId !== classId || object.last === frame) continue
    const overlap = iou(object.boxes.get(object.last)!, box)
    if (overlap >= LINK_IOU && overlap > bestIou) {
      best = object
      bestIou = overlap
    }
  }
  return best
}
