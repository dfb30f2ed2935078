import type { Entries, Entry } from './entries.js'
import { GARBAGE_SHARE } from './segments.js'

export interface Bounds {
  readonly maxEvents: number
  /** Of lines and pictures together, with what the lines take that are outdated and not yet cleared away. */
  readonly maxBytes: number
  readonly maxDays: number
}

export interface Retention {
  /** What must be forgotten next, so that there are not too many or too much; undefined: nothing. */
  excess(entries: Entries): Entry | undefined
  /** What is too old at `wallMs` (since 1970). To be called every minute or so: it must see the clock run. */
  expired(entries: Entries, wallMs: number, uptimeMs: number): readonly Entry[]
}

const DAY_MS = 86_400_000
/** A clock counts once it has run beside the monotonic one for so long: a time server corrects a wrong one sooner. */
const STEADY_MS = 3_600_000
const JUMP_MS = 60_000
/** 2025-01-01, before there was a squint: a board without a battery starts in 1970 or at its image's date. */
const FIRST_SANE_MS = 1_735_689_600_000
/** From one event to the next: more than that is a clock that was wrong, there or here. */
const LONGEST_GAP_MS = 366 * DAY_MS

/**
 * Forgets the oldest first, in the order of arrival. Lasting events stay as long as there are others.
 *
 * Nothing is too old before the clock has run steadily for an hour. An event is as old as its last change says, if that is a time
 * that can be; otherwise (it was written while the clock was wrong) as old as the next one that arrived. More than a year between
 * two events, or since the last one, counts for nothing: a clock that stands in 2076 for a day takes nothing away.
 */
export function createRetention({ maxEvents, maxBytes, maxDays }: Bounds): Retention {
  let offset = Number.NaN
  let steadySince = Number.NaN

  return {
    excess(entries) {
      const bytes = entries.pictures + GARBAGE_SHARE * entries.lines
      if (entries.count <= maxEvents && bytes <= maxBytes) return undefined
      let entry = entries.oldest
      while (entry?.event.endedAt === null) entry = entry.newer
      return entry ?? entries.oldest
    },
    expired(entries, wallMs, uptimeMs) {
      const jumped = !(Math.abs(wallMs - uptimeMs - offset) < JUMP_MS)
      offset = wallMs - uptimeMs
      if (jumped) steadySince = uptimeMs
      if (uptimeMs - steadySince < STEADY_MS) return []

      const old: Entry[] = []
      let changedMs = wallMs
      let skippedMs = 0
      for (let entry = entries.newest; entry; entry = entry.older) {
        const { updatedMs, event } = entry
        if (updatedMs >= FIRST_SANE_MS && updatedMs <= wallMs + DAY_MS) {
          if (changedMs - updatedMs > LONGEST_GAP_MS) skippedMs += changedMs - updatedMs
          changedMs = updatedMs
        }
        const ageMs = wallMs - changedMs - skippedMs
        if (event.endedAt !== null && ageMs > maxDays * DAY_MS) old.push(entry)
      }
      return old.reverse()
    },
  }
}
