import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { CameraEvent } from '../../events/event.js'
import { SquintError } from '../../lib/errors.js'
import { etagOf, isKnown } from './etag.js'
import { STREAM_HEADERS } from './event-stream.js'
import { answers, file, json } from './openapi.js'
import {
  eventChangeSchema,
  eventIdSchema,
  eventPageSchema,
  eventSchema,
  filterQuerySchema,
  listQuerySchema,
  streamQuerySchema,
  webhookMessageSchema,
} from './schemas-events.js'
import type { Services } from './services.js'

const params = z.object({
  id: eventIdSchema.openapi({
    param: { name: 'id', in: 'path' },
    example: '01k9zt4x8c-porch-17',
  }),
})

const boxes = z.object({
  boxes: z.enum(['0', '1']).default('0').openapi({ description: '1 draws the box in' }),
})

/** An ended event's picture stays as it is. */
const KEEP = 'private, max-age=86400'
const ASK_AGAIN = 'private, no-cache'

/** `/api/events` and all that hangs below it. */
export function eventRoutes(
  app: OpenAPIHono,
  { annotate, events, eventStream, exportCoco }: Services,
): void {
  function find(id: string): CameraEvent {
    const event = events.find(id)
    if (event !== undefined) return event
    throw new SquintError('EVENT_UNKNOWN', `event: expected one that is kept, found ${id}`)
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/events',
      operationId: 'listEvents',
      tags: ['Events'],
      summary: 'What has happened, newest first',
      request: { query: listQuerySchema },
      responses: answers(
        {
          ...json(eventPageSchema, 'One page'),
          headers: z.object({
            Link: z.string().optional().openapi({ description: 'rel="next" (RFC 8288)' }),
          }),
        },
        400,
      ),
    }),
    context => {
      const page = events.list(context.req.valid('query'))
      if (page.next !== null) {
        const next = new URL(context.req.url)
        next.searchParams.set('cursor', page.next)
        context.header('Link', `<${next.pathname}${next.search}>; rel="next"`)
      }
      return context.json(page, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/events/stream',
      operationId: 'streamEvents',
      tags: ['Events'],
      summary: 'What happens, as Server-Sent Events: start, update, end, and gap',
      request: {
        query: streamQuerySchema,
        headers: z.object({
          'last-event-id': z.string().max(100).optional().openapi({
            description: 'Goes on after this one, if it is still remembered',
          }),
        }),
      },
      responses: answers(
        {
          description: '`data` of start, update and end is an EventChange',
          content: { 'text/event-stream': { schema: eventChangeSchema } },
        },
        400,
        503,
      ),
    }),
    context => {
      // nobody would read it, and it would count as a listener for ever
      if (context.req.method === 'HEAD') return context.body(null, 200, STREAM_HEADERS)
      const { 'last-event-id': last } = context.req.valid('header')
      return eventStream.open(context.req.valid('query'), last)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/events/export.coco.json',
      operationId: 'exportEvents',
      tags: ['Events'],
      summary: 'Events with their best boxes as a COCO data set, to train or evaluate with',
      request: { query: filterQuerySchema },
      responses: answers(file('application/json', 'COCO'), 400),
    }),
    context => {
      const text = ReadableStream.from(exportCoco(context.req.valid('query')))
      return new Response(text.pipeThrough(new TextEncoderStream()), {
        headers: {
          'Content-Type': 'application/json',
          'Content-Disposition': 'attachment; filename="squint.coco.json"',
        },
      })
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/events/{id}',
      operationId: 'getEvent',
      tags: ['Events'],
      summary: 'One event',
      request: { params },
      responses: answers(json(eventSchema, 'As it is now'), 400, 404),
    }),
    context => context.json(find(context.req.valid('param').id), 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/events/{id}/snapshot.jpeg',
      operationId: 'getSnapshot',
      tags: ['Events'],
      summary: 'The picture in which it was seen best',
      request: { params, query: boxes },
      responses: {
        ...answers(file('image/jpeg', 'JPEG'), 400, 404, 503),
        304: { description: 'The picture that you have' },
      },
    }),
    async context => {
      const { id, endedAt, best, label } = find(context.req.valid('param').id)
      const picture = await events.snapshot(id)
      if (picture === undefined) {
        throw new SquintError('NOT_FOUND', `event ${id}: expected a picture, found none kept`)
      }
      const drawn = context.req.valid('query').boxes === '1'
      const text = `${label} ${Math.round(best.score * 100)} %`
      const etag = drawn ? etagOf(picture, text, JSON.stringify(best.box)) : etagOf(picture)
      context.header('ETag', etag)
      context.header('Cache-Control', endedAt === null ? ASK_AGAIN : KEEP)
      if (isKnown(context, etag)) return context.body(null, 304)
      const jpeg = drawn ? await annotate(picture, [{ box: best.box, text }]) : picture
      return context.body(Buffer.from(jpeg), 200, { 'Content-Type': 'image/jpeg' })
    },
  )

  app.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'event',
    summary: 'What is posted to each configured webhook (docs/events.md)',
    request: { body: { content: { 'application/json': { schema: webhookMessageSchema } } } },
    responses: { 200: { description: 'Any 2xx: it was taken' } },
  })
}
