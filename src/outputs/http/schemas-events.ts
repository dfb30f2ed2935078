import { z } from '@hono/zod-openapi'
import { type CameraEvent, EVENT_ID, type EventChange } from '../../events/event.js'
import type { EventPage } from '../../events/journal/journal.js'
import { wallMsOf } from '../../lib/clock.js'
import type { WebhookMessage } from '../webhooks/post.js'
import { boxSchema, exitSchema, share } from './schemas.js'

const time = z.string().openapi({ format: 'date-time' })
const count = z.int().min(0)
const zones = z.array(z.string()).readonly()

/** Checked before anything is looked up by it. */
export const eventIdSchema = z.string().regex(EVENT_ID, 'expected the id of an event')

export const eventSchema = z
  .object({
    id: z.string(),
    camera: z.string(),
    label: z.string(),
    trackId: z.int(),
    startedAt: time,
    updatedAt: time,
    endedAt: time.nullable().openapi({ description: 'null: it lasts' }),
    endedBy: z.enum(['gone', 'camera', 'off', 'restart']).nullable(),
    score: share.openapi({ description: 'The highest so far' }),
    box: boxSchema,
    zones: zones.openapi({ description: 'Those that it is in now' }),
    enteredZones: zones.openapi({ description: 'Those that it has been in, in order of entry' }),
    stationary: z.boolean(),
    moves: count.openapi({ description: 'How often it has left a place' }),
    best: z
      .object({
        frame: z.int(),
        at: time,
        score: share,
        box: boxSchema,
        width: z.int(),
        height: z.int(),
        exit: exitSchema.pick({ stage: true, reason: true }).openapi('BestExit'),
      })
      .openapi('BestLook', { description: 'When it was seen best; the kept picture shows this' }),
    hasSnapshot: z.boolean(),
  })
  .openapi('Event', {
    description: "One object's stay in front of one camera",
  }) satisfies z.ZodType<CameraEvent>

const change = {
  type: z.enum(['start', 'update', 'end']),
  event: eventSchema,
  // `nullable` would be documented as a reference that null does not fit
  before: z.union([eventSchema, z.null()]),
}

export const eventChangeSchema = z.object(change).openapi('EventChange', {
  description: 'What began, changed or ended, and how it was told before',
}) satisfies z.ZodType<EventChange>

export const webhookMessageSchema = z
  .object({
    ...change,
    id: z.string().openapi({ description: 'The same for every try' }),
    sentAt: time.openapi({ description: 'Of this try' }),
    service: z.object({ version: z.string() }),
  })
  .openapi('WebhookMessage') satisfies z.ZodType<WebhookMessage>

export const eventPageSchema = z
  .object({
    events: z.array(eventSchema).readonly(),
    next: z.string().nullable().openapi({ description: 'The cursor of the next page' }),
  })
  .openapi('EventPage', { description: 'Newest first' }) satisfies z.ZodType<EventPage>

const isoTime = z.iso.datetime({ offset: true })

/** Milliseconds since 1970. */
const moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    if (/^\d{1,11}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000
    // a plus sign in a query means a space
    const iso = isoTime.safeParse(text.replace(' ', '+'))
    if (iso.success) return wallMsOf(iso.data)
    const message = `expected ISO 8601 with a time zone, or Unix seconds, found "${text}"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .openapi({
    type: 'string',
    description: 'ISO 8601 with a time zone, or Unix seconds',
    example: '2026-11-22T21:00:00Z',
  })

const yes = z.enum(['true', 'false']).transform(text => text === 'true')

const which = {
  camera: z.string().max(100).optional(),
  label: z.string().max(100).optional(),
  zone: z.string().max(100).optional().openapi({ description: 'Entered at any time' }),
}

export const streamQuerySchema = z.object(which)

export const filterQuerySchema = z.object({
  ...which,
  after: moment.optional(),
  before: moment.optional(),
  open: yes.optional().openapi({
    type: 'string',
    enum: ['true', 'false'],
    description: 'Lasting ones only, or ended ones only',
  }),
  minScore: z.coerce.number().min(0).max(1).optional(),
})

export const listQuerySchema = filterQuerySchema.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: eventIdSchema.optional().openapi({ description: '`next` of the page before' }),
})
