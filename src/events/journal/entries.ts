import { wallMsOf } from '../../lib/clock.js'
import type { CameraEvent } from '../event.js'
import type { Segment } from './segments.js'

/** An event that the journal keeps, and what it knows about it. */
export interface Entry {
  event: CameraEvent
  /** Place in the order of arrival. The clock, and with it the ids, may have jumped. */
  n: number
  /** Milliseconds since 1970. */
  startedMs: number
  updatedMs: number
  /** Bytes of its picture on the disk; 0: none. */
  picture: number
  /** Where its last line lies on the disk, and how many bytes it takes; null: nowhere yet. */
  segment: Segment | null
  line: number
  /** It has been forgotten. */
  gone: boolean
  older: Entry | undefined
  newer: Entry | undefined
}

/** All events that are kept, in the order in which they arrived. */
export interface Entries {
  readonly count: number
  /** Of them lasting. */
  readonly open: number
  readonly newest: Entry | undefined
  readonly oldest: Entry | undefined
  /** Bytes on the disk of all pictures, and of all last lines. */
  readonly pictures: number
  readonly lines: number
  find(id: string): Entry | undefined
  /** Puts an event at the newer end, or changes the one with its id. */
  put(event: CameraEvent): Entry
  /** Puts an event that is not known at the older end. @param n its place in the order of arrival */
  adopt(event: CameraEvent, n: number): Entry
  /** Says what lies on the disk. */
  measure(entry: Entry, on: { readonly picture?: number; readonly line?: number }): void
  remove(entry: Entry): void
}

export function createEntries(): Entries {
  const byId = new Map<string, Entry>()
  let newest: Entry | undefined
  let oldest: Entry | undefined
  let open = 0
  let pictures = 0
  let lines = 0

  function insert(event: CameraEvent, n: number, older?: Entry, newer?: Entry): Entry {
    const startedMs = wallMsOf(event.startedAt)
    const updatedMs = wallMsOf(event.updatedAt)
    const onDisk = { picture: 0, segment: null, line: 0 }
    const entry: Entry = { event, n, startedMs, updatedMs, ...onDisk, gone: false, older, newer }
    byId.set(event.id, entry)
    if (event.endedAt === null) open += 1
    if (older) older.newer = entry
    else oldest = entry
    if (newer) newer.older = entry
    else newest = entry
    return entry
  }

  function measure(entry: Entry, on: { readonly picture?: number; readonly line?: number }): void {
    // what was under way for it when it was forgotten takes no room for long
    if (entry.gone) return
    const { picture = entry.picture, line = entry.line } = on
    pictures += picture - entry.picture
    lines += line - entry.line
    entry.picture = picture
    entry.line = line
  }

  return {
    get count() {
      return byId.size
    },
    get open() {
      return open
    },
    get newest() {
      return newest
    },
    get oldest() {
      return oldest
    },
    get pictures() {
      return pictures
    },
    get lines() {
      return lines
    },
    find: id => byId.get(id),
    put(event) {
      const entry = byId.get(event.id)
      if (!entry) return insert(event, (newest?.n ?? 0) + 1, newest)
      open += Number(event.endedAt === null) - Number(entry.event.endedAt === null)
      entry.event = event
      entry.startedMs = wallMsOf(event.startedAt)
      entry.updatedMs = wallMsOf(event.updatedAt)
      return entry
    },
    adopt: (event, n) => insert(event, n, undefined, oldest),
    measure,
    remove(entry) {
      const { older, newer, event } = entry
      measure(entry, { picture: 0, line: 0 })
      byId.delete(event.id)
      if (event.endedAt === null) open -= 1
      if (older) older.newer = newer
      else oldest = newer
      if (newer) newer.older = older
      else newest = older
      entry.gone = true
      entry.older = undefined
      entry.newer = undefined
    },
  }
}
