import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { answers, json } from './openapi.js'
import { findCamera } from './routes-cameras.js'
import { historySchema } from './schemas-stats.js'
import type { Services } from './services.js'

const which = z.object({
  seconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(600)
    .default(120)
    .openapi({ type: 'integer', description: 'How far back' }),
  camera: z
    .string()
    .optional()
    .openapi({ description: 'Id of a camera; left out: all together', example: 'porch' }),
})

/** Watts, joules and latency over time. */
export function powerRoutes(app: OpenAPIHono, { cameras, history }: Services): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/power/history',
      operationId: 'getPowerHistory',
      tags: ['Power'],
      summary: 'Frames, energy by stage, latency, watts and temperature, second by second',
      request: { query: which },
      responses: answers(json(historySchema, 'The last seconds'), 400, 404),
    }),
    context => {
      const { seconds, camera } = context.req.valid('query')
      if (camera !== undefined) findCamera(cameras, camera)
      return context.json(history(seconds, camera), 200)
    },
  )
}
