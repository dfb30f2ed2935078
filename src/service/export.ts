import type { CameraEvent } from '../events/event.js'
import { toCoco } from '../events/journal/coco.js'
import type { EventQuery, Journal } from '../events/journal/journal.js'
import { isoTime, wallMs } from '../lib/clock.js'
import { packageVersion } from '../lib/package.js'

/** Events that are listed at a time. */
const PAGE = 1000

/** The events that are asked for as a COCO data set, in pieces of one JSON text. */
export function exportCoco(
  journal: Pick<Journal, 'list'>,
  filter: Omit<EventQuery, 'limit' | 'cursor'>,
): AsyncIterable<string> {
  const events: CameraEvent[] = []
  let cursor: string | null | undefined
  while (cursor !== null) {
    const page = journal.list({ ...filter, limit: PAGE, cursor })
    events.push(...page.events)
    cursor = page.next
  }
  return toCoco(events, { version: packageVersion, at: isoTime(wallMs()) })
}
