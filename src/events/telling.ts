import { isoTime } from '../lib/clock.js'
import { isBetter, lookOf, type ValuedLook } from './best-look.js'
import type { CameraEvent, EventChange } from './event.js'
import { labelled, type Moment, type SeenFrame, type Stay } from './stay.js'

/** So many changes of an event are told at once; then one in so many milliseconds, with all that has changed meanwhile. */
const BURST = 3
const REFILL_MS = 2000

export type EndReason = Exclude<CameraEvent['endedBy'], null>

/** What is told of one stay: an event from its start to its end. */
export interface Telling {
  readonly id: string
  /** What its object was believed to be last, of all that makes events. */
  label: string
  best: ValuedLook
  hasSnapshot: boolean
  /** Something has changed that should be told at once. */
  due: boolean
  /** As it was told last, and when. */
  told: CameraEvent
  toldMs: number
  /** Changes that may be told at once. */
  allowance: number
}

/** An event begins. Its best look so far is this frame, whose picture can still be kept. */
export function startTelling(stay: Stay, id: string, camera: string, seen: SeenFrame): EventChange {
  const best = bestNow(stay, seen)
  const moment = labelled(stay, seen)
  const event: CameraEvent = {
    id,
    camera,
    startedAt: isoTime(stay.first.wallMs),
    endedAt: null,
    endedBy: null,
    hasSnapshot: false,
    ...stateOf(stay, { label: stay.label, best }, moment),
  }
  stay.telling = {
    id,
    label: stay.label,
    best,
    hasSnapshot: false,
    due: false,
    told: event,
    toldMs: seen.atMs,
    allowance: BURST,
  }
  return { type: 'start', event, before: null }
}

/** Takes what the object is called now, and a look that is clearly better than all before. @returns whether this one is */
export function improve(stay: Stay, telling: Telling, seen: SeenFrame): boolean {
  telling.label = stay.label
  if (!isBetter(stay.detection, seen, telling.best)) return false
  telling.best = bestNow(stay, seen)
  telling.due = true
  return true
}

/** True if something should be told now. @param updateMs a lasting event is told of so often */
export function mayTell({ due, allowance, toldMs }: Telling, atMs: number, updateMs: number) {
  return atMs - toldMs >= updateMs || (due && allowance + (atMs - toldMs) / REFILL_MS >= 1)
}

export function update(stay: Stay, telling: Telling, now: Moment): EventChange {
  const { told: before, toldMs, due } = telling
  const refilled = telling.allowance + (now.atMs - toldMs) / REFILL_MS
  telling.allowance = Math.max(0, Math.min(BURST, refilled) - (due ? 1 : 0))
  telling.due = false
  telling.toldMs = now.atMs
  telling.told = {
    ...before,
    ...stateOf(stay, telling, labelled(stay, now)),
    hasSnapshot: telling.hasSnapshot,
  }
  return { type: 'update', event: telling.told, before }
}

/** The last word on an event; it is nowhere any more, and what was not told yet is told now. */
export function finish(stay: Stay, telling: Telling, endedBy: EndReason, now: Moment): EventChange {
  const { hasSnapshot, told: before } = telling
  const event = {
    ...before,
    ...stateOf(stay, telling, labelled(stay, now)),
    zones: [],
    hasSnapshot,
    endedAt: isoTime(stay.last.wallMs),
    endedBy,
  }
  stay.telling = undefined
  return { type: 'end', event, before }
}

function bestNow(stay: Stay, seen: SeenFrame): ValuedLook {
  return lookOf(stay.detection, seen, isoTime(labelled(stay, seen).wallMs))
}

/** What changes while an event lasts. */
function stateOf(
  { detection, score, enteredZones, stationary, moves }: Stay,
  { label, best: { look: best } }: Pick<Telling, 'label' | 'best'>,
  { wallMs }: Moment,
) {
  const { trackId, box, zones } = detection
  const updatedAt = isoTime(wallMs)
  return { label, trackId, updatedAt, score, box, zones, enteredZones, stationary, moves, best }
}
