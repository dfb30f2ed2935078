import type { Exit } from '../cascade/detection.js'
import { createLabelVotes, type LabelVotes } from './label-votes.js'
import type { TrackedDetection } from './result.js'
import { createStillness, type Stillness } from './stillness.js'
import type { Telling } from './telling.js'

/** The clock may have been set by less than this since something was first seen. */
const CLOCK_TOLERANCE_MS = 1000

/** Now, or when a frame was captured. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly atMs: number
  /** Milliseconds since 1970: a label, which may jump. */
  readonly wallMs: number
}

/** A frame that was looked at, and all that is believed to be in view. */
export interface SeenFrame extends Moment {
  readonly frameId: number
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly exit: Exit
  readonly detections: readonly TrackedDetection[]
}

/** One object's stay in front of the camera, told as an event or not. */
export interface Stay {
  /** As it was seen last. */
  detection: TrackedDetection
  readonly votes: LabelVotes
  readonly stillness: Stillness
  /** What the votes say that it is. */
  label: string
  /** The highest so far. */
  score: number
  enteredZones: readonly string[]
  stationary: boolean
  moves: number
  first: Moment
  /** When it was last seen as something that makes events. */
  last: Moment
  /** Since when it has not been seen as such, monotonic milliseconds; undefined: it is. */
  absentSinceMs: number | undefined
  /** How long it has been seen as such. */
  inViewMs: number
  /** Number of the frame that it was last seen in. */
  round: number
  /** Undefined: it does not make an event, or not yet. */
  telling: Telling | undefined
}

/** An object that was never seen before. */
export function createStay(detection: TrackedDetection, seen: SeenFrame, round: number): Stay {
  const { label, score, box, zones } = detection
  const votes = createLabelVotes()
  votes.add(label, score)
  const stillness = createStillness()
  stillness(box, seen.width / seen.height, seen.atMs, Number.POSITIVE_INFINITY)
  return {
    detection,
    votes,
    stillness,
    label,
    score,
    enteredZones: zones,
    stationary: false,
    moves: 0,
    first: momentOf(seen),
    last: momentOf(seen),
    absentSinceMs: undefined,
    inViewMs: 0,
    round,
    telling: undefined,
  }
}

/** Its stay begins now: what was seen before was not what makes events, or belongs to an event that has ended. */
export function beginAnew(stay: Stay, now: Moment): void {
  const { score, zones } = stay.detection
  const moment = momentOf(now)
  const anew = { score, enteredZones: zones, moves: 0, first: moment, last: moment, inViewMs: 0 }
  Object.assign(stay, anew)
}

/**
 * An object is seen again. @param stationaryMs after so long in its place it is stationary
 * @returns whether that changes anything that should be told at once
 */
export function see(
  stay: Stay,
  detection: TrackedDetection,
  { atMs, width, height, exit }: SeenFrame,
  stationaryMs: number,
): boolean {
  const { detection: before, label, stationary } = stay
  const { zones } = detection
  stay.detection = detection
  stay.score = Math.max(stay.score, detection.score)
  // what nobody has looked at repeats what was said before
  if (exit.stage !== 'gate') stay.label = stay.votes.add(detection.label, detection.score)
  stay.stationary = stay.stillness(detection.box, width / height, atMs, stationaryMs)
  if (stationary && !stay.stationary) stay.moves++
  const moved = zones !== before.zones && !sameNames(zones, before.zones)
  if (moved) stay.enteredZones = [...new Set([...stay.enteredZones, ...zones])]
  const renamed = label !== stay.label || before.trackId !== detection.trackId
  return moved || renamed || stationary !== stay.stationary
}

/** A moment as this object's times are labelled: if the clock was set meanwhile, by the time that has really passed since its first. */
export function labelled({ first }: Stay, { atMs, wallMs }: Moment): Moment {
  const expected = first.wallMs + atMs - first.atMs
  return { atMs, wallMs: Math.abs(wallMs - expected) < CLOCK_TOLERANCE_MS ? wallMs : expected }
}

function momentOf({ atMs, wallMs }: Moment): Moment {
  return { atMs, wallMs }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i])
}
