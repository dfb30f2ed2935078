import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Camera } from '../../camera/camera.js'
import { SquintError } from '../../lib/errors.js'
import { mjpegResponse } from './mjpeg.js'
import { answers, json } from './openapi.js'
import { cameraStatusSchema, decisionSchema, resultSchema } from './schemas.js'
import type { Services } from './services.js'

const cameraId = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'porch' }),
})
const wait = z.object({
  waitMs: z.coerce.number().int().min(0).max(30_000).default(0).openapi({
    description: 'Wait so long for the next result; 0 gives the newest one at once',
  }),
})

const which = z.object({
  frame: z.coerce.number().int().min(1).optional().openapi({
    description: 'The newest frame wanted; left out: the newest there is',
  }),
  limit: z.coerce.number().int().min(1).max(512).default(20),
})

/** Throws CAMERA_UNKNOWN. */
export function findCamera(cameras: ReadonlyMap<string, Camera>, id: string): Camera {
  const camera = cameras.get(id)
  if (camera === undefined) {
    const known = [...cameras.keys()].join(', ')
    throw new SquintError('CAMERA_UNKNOWN', `camera: expected one of ${known}, found ${id}`)
  }
  return camera
}

/** `/api/cameras` and all that hangs below it. */
export function cameraRoutes(
  app: OpenAPIHono,
  { cameras, decisions, latest, live }: Services,
): void {
  const find = (id: string): Camera => findCamera(cameras, id)

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras',
      summary: 'All cameras',
      responses: answers(json(z.array(cameraStatusSchema), 'Their states')),
    }),
    context =>
      context.json(
        [...cameras.values()].map(camera => camera.status()),
        200,
      ),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}',
      summary: 'One camera',
      request: { params: cameraId },
      responses: answers(json(cameraStatusSchema, 'Its state'), 404),
    }),
    context => context.json(find(context.req.valid('param').id).status(), 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/detections',
      summary: 'What is in view, and what it cost to know',
      request: { params: cameraId, query: wait },
      responses: answers(json(resultSchema, 'The newest or the next result'), 404, 503),
    }),
    async context => {
      const { id } = find(context.req.valid('param').id)
      const { waitMs } = context.req.valid('query')
      const result =
        waitMs === 0 ? latest.latest(id) : await latest.next(id, waitMs, context.req.raw.signal)
      if (result === undefined) {
        throw new SquintError('NO_FRAME', `camera ${id}: expected a result, found none yet`)
      }
      return context.json(result, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/explain',
      summary: 'Why the last frames were looked at as hard as they were, newest first',
      request: { params: cameraId, query: which },
      responses: answers(json(z.array(decisionSchema), 'Their decisions'), 404),
    }),
    context => {
      const { id } = find(context.req.valid('param').id)
      const { frame, limit } = context.req.valid('query')
      return context.json(decisions.list(id, limit, frame), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/frame.jpeg',
      summary: 'The newest picture',
      request: { params: cameraId },
      responses: answers({ description: 'JPEG', content: { 'image/jpeg': {} } }, 404, 503),
    }),
    async context => {
      const frame = await live.still(find(context.req.valid('param').id))
      return new Response(Buffer.from(frame.jpeg), {
        headers: {
          'Content-Type': 'image/jpeg',
          'Cache-Control': 'no-store',
          'X-Frame-Id': String(frame.id),
        },
      })
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/stream.mjpeg',
      summary: 'Live video for anything that shows MJPEG',
      request: { params: cameraId },
      responses: answers(
        { description: 'MJPEG', content: { 'multipart/x-mixed-replace': {} } },
        404,
        503,
      ),
    }),
    context => mjpegResponse(live, find(context.req.valid('param').id), context.req.raw.signal),
  )
}
