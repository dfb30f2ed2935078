import type { BestLook, CameraEvent, EventChange } from '../../events/event.js'
import type { EventPage } from '../../events/journal/journal.js'
import {
  type Guard,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullable,
  oneOf,
  shape,
} from '../client/guards.js'
import { isReason } from './reason-words.js'

const isTime: Guard<string> = (value): value is string =>
  isText(value) && Number.isFinite(Date.parse(value))

const isBox = shape<CameraEvent['box']>({
  x: isNumber,
  y: isNumber,
  width: isNumber,
  height: isNumber,
})

const isEvent = shape<CameraEvent>({
  id: isText,
  camera: isText,
  label: isText,
  trackId: isNumber,
  startedAt: isTime,
  updatedAt: isTime,
  endedAt: nullable(isTime),
  endedBy: nullable(
    oneOf<NonNullable<CameraEvent['endedBy']>>({
      gone: true,
      camera: true,
      off: true,
      restart: true,
    }),
  ),
  score: isNumber,
  box: isBox,
  zones: listOf(isText),
  enteredZones: listOf(isText),
  stationary: isFlag,
  moves: isNumber,
  best: shape<BestLook>({
    frame: isNumber,
    at: isTime,
    score: isNumber,
    box: isBox,
    width: isNumber,
    height: isNumber,
    exit: shape<BestLook['exit']>({
      stage: oneOf<BestLook['exit']['stage']>({ gate: true, scout: true, expert: true }),
      reason: isReason,
    }),
  }),
  hasSnapshot: isFlag,
})

/** An answer of `GET /api/events`. */
export const isEventPage = shape<EventPage>({ events: listOf(isEvent), next: nullable(isText) })

/** The data of `start`, `update` and `end` on `/api/events/stream`. */
export const isEventChange = shape<EventChange>({
  type: oneOf<EventChange['type']>({ start: true, update: true, end: true }),
  event: isEvent,
  before: nullable(isEvent),
})
