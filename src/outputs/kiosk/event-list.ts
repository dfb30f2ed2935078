import type { CameraEvent } from '../../events/event.js'
import type { EventPage } from '../../events/journal/journal.js'

/** Which events are wanted; null: all. */
export interface EventFilter {
  readonly camera: string | null
  readonly label: string | null
  readonly zone: string | null
}

/** The newest events, newest first. */
export type Listed = EventPage

/** Events that a page asks for at once, and that are kept at most. */
export const PAGE = 50
export const KEPT = 200

export const NOTHING: Listed = { events: [], next: null }
export const EVERYTHING: EventFilter = { camera: null, label: null, zone: null }

export function matches({ camera, label, zone }: EventFilter, event: CameraEvent): boolean {
  return (
    (camera === null || camera === event.camera) &&
    (label === null || label === event.label) &&
    (zone === null || event.enteredZones.includes(zone))
  )
}

/** How `GET /api/events` is asked. */
export function queryOf(filter: EventFilter, limit: number, cursor: string | null): string {
  const query = new URLSearchParams({ limit: String(limit) })
  for (const [name, value] of Object.entries({ ...filter, cursor })) {
    if (typeof value === 'string') query.set(name, value)
  }
  return query.toString()
}

/** How many to ask for instead of those that are known, so that nobody who reads further down is sent back. */
export function limitFor({ events }: Listed): number {
  return Math.min(KEPT, Math.max(PAGE, events.length))
}

/** Whether older ones can be asked for, and kept. */
export function hasOlder({ events, next }: Listed): boolean {
  return next !== null && events.length < KEPT
}

/** Older events below those that are known. */
export function append(known: Listed, page: EventPage): Listed {
  const last = known.events.at(-1)?.id
  const older = page.events.filter(({ id }) => last === undefined || id < last)
  return bounded([...known.events, ...older], page.next)
}

/** What is known after an event began, changed or ended. Ids sort in the order in which events began. */
export function fold(known: Listed, filter: EventFilter, event: CameraEvent): Listed {
  const { events, next } = known
  if (!matches(filter, event)) return known
  const at = events.findIndex(({ id }) => id <= event.id)
  const same = events[at]
  if (same?.id === event.id) {
    // An answer that was on its way may be older than what the stream has told meanwhile.
    if (same.updatedAt > event.updatedAt) return known
    return { events: events.with(at, event), next }
  }
  // Below the last one lie events that are asked for, page by page.
  if (at < 0 && next !== null) return known
  return bounded(events.toSpliced(at < 0 ? events.length : at, 0, event), next)
}

function bounded(events: readonly CameraEvent[], next: string | null): Listed {
  if (events.length <= KEPT) return { events, next }
  const kept = events.slice(0, KEPT)
  return { events: kept, next: kept.at(-1)!.id }
}
