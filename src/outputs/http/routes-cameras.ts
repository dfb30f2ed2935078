import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Camera } from '../../camera/camera.js'
import { SquintError } from '../../lib/errors.js'
import { answers, json } from './openapi.js'
import { cameraStatusSchema, decisionSchema, resultSchema } from './schemas.js'
import type { Services } from './services.js'

/** The camera that a path names. */
export const cameraId = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, example: 'porch' }),
})
const wait = z.object({
  waitMs: z.coerce.number().int().min(0).max(30_000).default(0).openapi({
    type: 'integer',
    description: 'Wait so long for the next result; 0 gives the newest one at once',
    example: 5000,
  }),
})

const which = z.object({
  frame: z.coerce.number().int().min(1).optional().openapi({
    description: 'Id of the newest frame wanted; left out: the newest there is',
    example: 4711,
  }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(512)
    .default(20)
    .openapi({ type: 'integer', description: 'Most frames to tell of' }),
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
export function cameraRoutes(app: OpenAPIHono, { cameras, decisions, latest }: Services): void {
  const find = (id: string): Camera => findCamera(cameras, id)

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras',
      operationId: 'listCameras',
      tags: ['Cameras'],
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
      operationId: 'getCamera',
      tags: ['Cameras'],
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
      operationId: 'getDetections',
      tags: ['Cameras'],
      summary: 'What is in view, and what it cost to know',
      description: 'The newest result, or the next one for who is willing to wait (long polling).',
      request: { params: cameraId, query: wait },
      responses: answers(json(resultSchema, 'The newest or the next result'), 400, 404, 503),
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
      operationId: 'explainFrames',
      tags: ['Cameras'],
      summary: 'Why the last frames were looked at as hard as they were, newest first',
      description:
        'The last 512 frames are kept. For older pages ask for the frame before the last one told.',
      request: { params: cameraId, query: which },
      responses: answers(json(z.array(decisionSchema), 'Their decisions'), 400, 404),
    }),
    context => {
      const { id } = find(context.req.valid('param').id)
      const { frame, limit } = context.req.valid('query')
      return context.json(decisions.list(id, limit, frame), 200)
    },
  )
}
