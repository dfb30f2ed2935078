import { z } from '@hono/zod-openapi'
import { cameraStatusSchema, resultSchema } from '../http/schemas.js'
import { eventSchema } from '../http/schemas-events.js'
import type { LiveFrame } from '../live.js'

/** Frames that may be under way to one viewer; two keep a slow link busy without letting the picture grow old. */
export const MAX_CREDIT = 8

/** Widths in pixels that pictures are scaled down to: few, so that each is made once for many viewers. */
export const WIDTHS = [320, 640, 960] as const

const camera = z.string().min(1).max(40)

/** What a client may say. */
export const wsRequestSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('subscribe'),
      camera,
      results: z.boolean().default(true),
      video: z.boolean().default(false),
      credit: z
        .int()
        .min(0)
        .max(MAX_CREDIT)
        .default(2)
        .openapi({ description: 'Frames that the client takes before it gives more credit' }),
      width: z
        .literal(WIDTHS)
        .optional()
        .openapi({ description: 'Pictures are at most so many pixels wide' }),
    }),
    z.strictObject({ type: z.literal('credit'), camera, frames: z.int().min(1).max(MAX_CREDIT) }),
    z.strictObject({ type: z.literal('unsubscribe'), camera }),
    z.strictObject({
      type: z.literal('events'),
      follow: z.boolean(),
      cameras: z
        .array(camera)
        .max(64)
        .readonly()
        .optional()
        .openapi({ description: 'Left out: of all cameras' }),
    }),
  ])
  .openapi('WsRequest', {
    description: 'What a client of /api/ws may say',
    example: { type: 'subscribe', camera: 'porch', results: true, video: true, credit: 2 },
  })

export type WsRequest = z.infer<typeof wsRequestSchema>

/** What the service says in JSON; live video comes as binary messages (`encodeFrame`). */
export const wsReplySchema = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('hello'),
      version: z.string(),
      cameras: z.array(cameraStatusSchema).readonly(),
    }),
    z.object({ type: z.literal('result'), result: resultSchema }),
    z.object({ type: z.literal('camera'), status: cameraStatusSchema }),
    z.object({
      type: z.literal('event'),
      change: z.enum(['start', 'update', 'end']),
      event: eventSchema,
    }),
    z.object({
      type: z.literal('error'),
      code: z.string(),
      message: z.string(),
      camera: z.string().optional().openapi({ description: 'That the request was about' }),
    }),
  ])
  .openapi('WsReply', { description: 'What /api/ws says in JSON' })

export type WsReply = z.infer<typeof wsReplySchema>

const HEADER_BYTES = 16
const PROTOCOL_VERSION = 1

/**
 * One frame as a binary message, little endian: 'S' 'Q', version (uint8), length n of the camera's id (uint8), frame id
 * (uint32), capture time in milliseconds since 1970 (float64), n bytes of camera id in ASCII, then the JPEG.
 */
export function encodeFrame({ camera, id, capturedWallMs, jpeg }: LiveFrame): Uint8Array {
  const message = Buffer.allocUnsafe(HEADER_BYTES + camera.length + jpeg.byteLength)
  message.write('SQ', 'latin1')
  message.writeUInt8(PROTOCOL_VERSION, 2)
  message.writeUInt8(camera.length, 3)
  message.writeUInt32LE(id, 4)
  message.writeDoubleLE(capturedWallMs, 8)
  message.write(camera, HEADER_BYTES, 'latin1')
  message.set(jpeg, HEADER_BYTES + camera.length)
  return message
}
