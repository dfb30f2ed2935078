import { z } from 'zod'
import type { CameraStatus } from '../../camera/camera.js'
import type { Result } from '../../events/result.js'
import type { LiveFrame } from '../live.js'

/** Frames that may be under way to one viewer; two keep a slow link busy without letting the picture grow old. */
export const MAX_CREDIT = 8

const camera = z.string().min(1).max(40)

/** What a client may say. */
export const requestSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    camera,
    results: z.boolean().default(true),
    video: z.boolean().default(false),
    /** Frames that the client takes before it gives more credit. */
    credit: z.int().min(0).max(MAX_CREDIT).default(2),
  }),
  z.strictObject({ type: z.literal('credit'), camera, frames: z.int().min(1).max(MAX_CREDIT) }),
  z.strictObject({ type: z.literal('unsubscribe'), camera }),
])

export type WsRequest = z.infer<typeof requestSchema>

/** What the service says in JSON; live video comes as binary messages (`encodeFrame`). */
export type WsReply =
  | { readonly type: 'hello'; readonly version: string; readonly cameras: readonly CameraStatus[] }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'camera'; readonly status: CameraStatus }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

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
