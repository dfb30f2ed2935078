import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { StreamMjpeg } from './mjpeg.js'
import { answers } from './openapi.js'
import { cameraId, findCamera } from './routes-cameras.js'
import type { Services } from './services.js'
import { stillResponse } from './still.js'

/** An image that is not JSON. */
export const pictureSchema = z.string().openapi({ format: 'binary' })

const boxes = z.enum(['0', '1', 'true', 'false']).default('0').openapi({
  description:
    'Draw boxes, labels and scores of the newest result into the picture; none if that is more than 2 s older than it',
  example: '1',
})

export const pixels = z.coerce.number().int().min(16).max(4096).optional()
export const fps = z.coerce.number().positive().max(60).optional().openapi({
  description: 'Most pictures per second; left out: all',
  example: 5,
})

const frameHeaders = {
  'X-Frame-Id': { description: "The frame's id", schema: { type: 'integer' as const } },
  'X-Capture-Time': {
    description: 'When it was captured',
    schema: { type: 'string' as const, format: 'date-time' },
  },
  ETag: { description: 'For If-None-Match', schema: { type: 'string' as const } },
}

/** A still as the routes that give one describe it. */
export const stillAnswers = {
  ...answers(
    {
      description: 'JPEG',
      headers: frameHeaders,
      content: { 'image/jpeg': { schema: pictureSchema } },
    },
    400,
    404,
    503,
  ),
  304: { description: 'The client has it already (If-None-Match)' },
}

/** A stream as the routes that give one describe it. */
export const streamAnswers = answers(
  {
    description: 'One part per picture, each a JPEG',
    content: { 'multipart/x-mixed-replace': { schema: pictureSchema } },
  },
  400,
  404,
  503,
)

/** What each camera shows, as pictures. */
export function pictureRoutes(
  app: OpenAPIHono,
  services: Services,
  streamMjpeg: StreamMjpeg,
): void {
  const { cameras } = services

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/frame.jpeg',
      operationId: 'getFrame',
      tags: ['Cameras'],
      summary: 'The newest picture',
      description:
        "A camera's own JPEG comes as it is; raw pictures, and those with boxes, are at most `server.liveWidth` wide.",
      request: {
        params: cameraId,
        query: z.object({
          boxes,
          width: pixels.openapi({ description: 'Pixels at most; never enlarged', example: 640 }),
        }),
      },
      responses: stillAnswers,
    }),
    context => {
      const camera = findCamera(cameras, context.req.valid('param').id)
      const { boxes, width } = context.req.valid('query')
      return stillResponse(context, services, camera, { boxes: isOn(boxes), width })
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/cameras/{id}/stream.mjpeg',
      operationId: 'getStream',
      tags: ['Cameras'],
      summary: 'Live video for anything that shows MJPEG',
      description: 'Who is slow misses pictures. At most 16 viewers at a time.',
      request: { params: cameraId, query: z.object({ boxes, fps }) },
      responses: streamAnswers,
    }),
    context => {
      const camera = findCamera(cameras, context.req.valid('param').id)
      const { boxes, fps } = context.req.valid('query')
      return streamMjpeg(context, camera, { boxes: isOn(boxes), fps })
    },
  )
}

function isOn(flag: z.infer<typeof boxes>): boolean {
  return flag === '1' || flag === 'true'
}
