import type { EventChange } from '../../events/event.js'
import type { EventPage } from '../../events/journal/journal.js'
import { isText, listOf, nullable, oneOf, shape } from '../client/guards.js'
import { isEvent } from '../client/shapes.js'

/** An answer of `GET /api/events`. */
export const isEventPage = shape<EventPage>({ events: listOf(isEvent), next: nullable(isText) })

/** The data of `start`, `update` and `end` on `/api/events/stream`. */
export const isEventChange = shape<EventChange>({
  type: oneOf<EventChange['type']>({ start: true, update: true, end: true }),
  event: isEvent,
  before: nullable(isEvent),
})
