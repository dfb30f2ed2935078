import { z } from '@hono/zod-openapi'

export const deliveriesSchema = z
  .object({
    journal: z
      .object({
        events: z.int(),
        open: z.int().openapi({ description: 'Of these, those that last' }),
        bytes: z.int().nullable().openapi({
          description: 'On the disk, with pictures; null: it is only kept in memory',
        }),
        unwritten: z.int().openapi({
          description: 'Changes and pictures that were not on the disk in time',
        }),
        damaged: z.int().openapi({ description: 'Lines that could not be read at the start' }),
        error: z.string().nullable(),
      })
      .openapi('JournalStatus'),
    eventStream: z.object({ clients: z.int(), gaps: z.int() }),
    webhooks: z
      .array(
        z.object({
          origin: z.string(),
          delivered: z.int(),
          failed: z.int(),
          dropped: z.int(),
          waiting: z.int(),
          lastError: z.string().nullable(),
        }),
      )
      .readonly(),
    mqtt: z
      .array(
        z.object({
          prefix: z.string(),
          connected: z.boolean(),
          error: z.string().nullable(),
          waiting: z.int(),
          unacknowledged: z.int(),
          dropped: z.int(),
        }),
      )
      .readonly(),
  })
  .openapi('EventsStatus', { description: 'What is kept of events, and who was told of them' })
