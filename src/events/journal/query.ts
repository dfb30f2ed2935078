import type { Entries, Entry } from './entries.js'
import type { EventQuery } from './journal.js'

/** A page of what is wanted, newest first; more: there is at least one that is older. */
export interface EntryPage {
  readonly page: readonly Entry[]
  readonly more: boolean
}

/** The oldest are forgotten first: behind a cursor that is no longer known there is nothing. */
export function ask(entries: Entries, query: EventQuery): EntryPage {
  const { cursor, limit } = query
  const page: Entry[] = []
  let entry = cursor === undefined ? entries.newest : entries.find(cursor)?.older
  for (; entry; entry = entry.older) {
    if (!wanted(entry, query)) continue
    if (page.length === limit) return { page, more: true }
    page.push(entry)
  }
  return { page, more: false }
}

function wanted({ event, startedMs }: Entry, query: EventQuery): boolean {
  const { camera, label, zone, after, before, open, minScore = 0 } = query
  if (camera !== undefined && event.camera !== camera) return false
  if (label !== undefined && event.label !== label) return false
  if (zone !== undefined && !event.enteredZones.includes(zone)) return false
  if (after !== undefined && startedMs < after) return false
  if (before !== undefined && startedMs >= before) return false
  if (open !== undefined && (event.endedAt === null) !== open) return false
  return event.score >= minScore
}
