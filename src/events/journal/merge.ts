import { isDeepStrictEqual } from 'node:util'
import { createBreath } from '../../lib/breath.js'
import type { Entries, Entry } from './entries.js'
import type { FoundEvent, OnDisk } from './segments.js'

/**
 * Brings together what is known and what lay on the disk, in pieces; tells what must be written. Mostly nothing is known, as the
 * service has just been started. If the disk was away for a while, what is known is newer, and what is not comes from before.
 */
export async function merge(entries: Entries, { found }: Pick<OnDisk, 'found'>): Promise<Entry[]> {
  const breath = createBreath()
  const changed = new Set<Entry>()
  const known: Entry[] = []
  for (let entry = entries.oldest; entry; entry = entry.newer) known.push(entry)

  for (const there of [...found.values()].sort((a, b) => b.n - a.n)) {
    if (breath.due()) await breath.take()
    if (entries.find(there.event.id)) continue
    const entry = entries.adopt(ended(there.event), there.n)
    place(entries, entry, there)
    // nobody has seen its end
    if (there.event.endedAt === null) changed.add(entry)
  }
  for (const entry of known) {
    if (breath.due()) await breath.take()
    if (entry.gone) continue
    const same = found.get(entry.event.id)
    place(entries, entry, same)
    if (!isDeepStrictEqual(same?.event, entry.event)) changed.add(entry)
  }
  for (const entry of renumbered(entries)) changed.add(entry)
  return [...changed]
}

/** What lasted when the service was cut off has ended. */
function ended(event: FoundEvent['event']): FoundEvent['event'] {
  if (event.endedAt !== null) return event
  return { ...event, endedAt: event.updatedAt, endedBy: 'restart' }
}

function place(entries: Entries, entry: Entry, found: FoundEvent | undefined): void {
  entry.segment = found?.segment ?? null
  entry.segment?.live.add(entry)
  entries.measure(entry, { line: found?.bytes ?? 0, picture: found?.picture ?? entry.picture })
}

/** What arrived before the disk was there comes behind what lay on it. */
function renumbered(entries: Entries): Entry[] {
  const changed: Entry[] = []
  for (let entry = entries.oldest; entry; entry = entry.newer) {
    const least = (entry.older?.n ?? 0) + 1
    if (entry.n >= least) continue
    entry.n = least
    changed.push(entry)
  }
  return changed
}
