import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { StreamMjpeg } from './mjpeg.js'
import { answers, json } from './openapi.js'
import { findCamera } from './routes-cameras.js'
import { fps, pixels, stillAnswers, streamAnswers } from './routes-pictures.js'
import type { Services } from './services.js'
import { stillResponse } from './still.js'

const src = z.string().openapi({ description: 'Id of a camera', example: 'porch' })

const medias = z.array(z.string()).readonly()

const streamSchema = z
  .object({
    producers: z.array(z.object({ url: z.string(), medias })).readonly(),
    consumers: z.array(z.object({ format_name: z.string(), medias })).readonly(),
  })
  .openapi('Go2rtcStream', {
    description: 'A camera, and who watches it, in the words of go2rtc; one consumer per viewer',
    example: {
      producers: [{ url: '/dev/video0', medias: ['video, recvonly, JPEG'] }],
      consumers: [{ format_name: 'mjpeg', medias: ['video, sendonly, JPEG'] }],
    },
  })

type Stream = z.infer<typeof streamSchema>

/** The paths and parameters of go2rtc (github.com/AlexxIT/go2rtc, internal/mjpeg and internal/streams), for whatever plays from it. */
export function go2rtcRoutes(app: OpenAPIHono, services: Services, streamMjpeg: StreamMjpeg): void {
  const { cameras, live, boxed } = services

  function describe(id: string): Stream {
    const { label } = findCamera(cameras, id).status()
    const viewers = live.viewers(id) + boxed.viewers(id)
    return {
      producers: [{ url: label, medias: ['video, recvonly, JPEG'] }],
      consumers: Array.from({ length: viewers }, () => ({
        format_name: 'mjpeg',
        medias: ['video, sendonly, JPEG'],
      })),
    }
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/streams',
      operationId: 'go2rtcListStreams',
      tags: ['go2rtc'],
      summary: 'All cameras as streams, or one of them',
      request: { query: z.object({ src: src.optional() }) },
      responses: answers(
        json(
          z.union([z.record(z.string(), streamSchema), streamSchema]),
          'By id; with src that stream alone',
        ),
        404,
      ),
    }),
    context => {
      const { src } = context.req.valid('query')
      if (src !== undefined) return context.json(describe(src), 200)
      const all = [...cameras.keys()].map(id => [id, describe(id)] as const)
      return context.json(Object.fromEntries(all), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/frame.jpeg',
      operationId: 'go2rtcFrame',
      tags: ['go2rtc'],
      summary: 'The newest picture of a camera',
      description: 'Other parameters of go2rtc (rotate, hardware, cache) change nothing.',
      request: {
        query: z.object({
          src,
          width: pixels.openapi({ description: 'Pixels at most; never enlarged' }),
          w: pixels.openapi({ description: 'The same' }),
          height: pixels.openapi({ description: 'Pixels at most; never enlarged' }),
          h: pixels.openapi({ description: 'The same' }),
        }),
      },
      responses: stillAnswers,
    }),
    context => {
      const { src, width, w, height, h } = context.req.valid('query')
      const fitting = { boxes: false, width: width ?? w, height: height ?? h }
      return stillResponse(context, services, findCamera(cameras, src), fitting)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/api/stream.mjpeg',
      operationId: 'go2rtcStream',
      tags: ['go2rtc'],
      summary: 'Live video of a camera as MJPEG',
      request: { query: z.object({ src, fps }) },
      responses: streamAnswers,
    }),
    context => {
      const { src, fps } = context.req.valid('query')
      return streamMjpeg(context, findCamera(cameras, src), { boxes: false, fps })
    },
  )
}
