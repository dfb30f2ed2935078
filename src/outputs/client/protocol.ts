import type { CameraStatus } from '../../camera/camera.js'
import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Result } from '../../events/result.js'
import { type Guard, isText, listOf, oneOf, optional, parseJson, shape } from './guards.js'
import { isEvent, isResult, isStatus } from './shapes.js'

/** Widths in pixels that pictures can be had in, beside the camera's own. */
export type FrameWidth = 320 | 640 | 960

export type ServerMessage =
  | { readonly type: 'hello'; readonly version: string; readonly cameras: readonly CameraStatus[] }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'camera'; readonly status: CameraStatus }
  | {
      readonly type: 'event'
      readonly change: EventChange['type']
      readonly event: CameraEvent
    }
  | {
      readonly type: 'error'
      readonly code: string
      readonly message: string
      /** The camera that the request was about. */
      readonly camera?: string | undefined
    }

export type ClientMessage =
  | {
      readonly type: 'subscribe'
      readonly camera: string
      readonly results: boolean
      readonly video: boolean
      readonly credit: number
      /** At most so wide. */
      readonly width?: FrameWidth
    }
  | { readonly type: 'credit'; readonly camera: string; readonly frames: number }
  | { readonly type: 'unsubscribe'; readonly camera: string }
  | {
      readonly type: 'events'
      readonly follow: boolean
      /** Left out: of all. */
      readonly cameras?: readonly string[]
    }

/** One binary message: a picture and when it was taken. */
export interface FrameMessage {
  readonly camera: string
  readonly id: number
  /** Milliseconds since 1970, by the service's clock. */
  readonly capturedWallMs: number
  readonly jpeg: Uint8Array<ArrayBuffer>
}

/** A picture that has arrived. */
export interface VideoFrame extends FrameMessage {
  /** Says that this frame has been dealt with, so that another may be sent. Safe to call twice. */
  done(): void
}

const guards: readonly Guard<ServerMessage>[] = [
  shape({ type: oneOf<'result'>({ result: true }), result: isResult }),
  shape({ type: oneOf<'camera'>({ camera: true }), status: isStatus }),
  shape({ type: oneOf<'hello'>({ hello: true }), version: isText, cameras: listOf(isStatus) }),
  shape({
    type: oneOf<'event'>({ event: true }),
    change: oneOf<EventChange['type']>({ start: true, update: true, end: true }),
    event: isEvent,
  }),
  shape({
    type: oneOf<'error'>({ error: true }),
    code: isText,
    message: isText,
    camera: optional(isText),
  }),
]

/** A text message, or undefined where it is none of ours. */
export function parseMessage(text: string): ServerMessage | undefined {
  const value = parseJson(text)
  for (const guard of guards) if (guard(value)) return value
  return undefined
}

const HEADER_BYTES = 16

/** "SQ", version 1, length n of the camera's id, frame id u32, capture time f64 (both little endian), id, JPEG. */
export function parseFrame(bytes: ArrayBuffer): FrameMessage | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined
  const view = new DataView(bytes)
  if (view.getUint8(0) !== 0x53 || view.getUint8(1) !== 0x51 || view.getUint8(2) !== 1) {
    return undefined
  }
  const start = HEADER_BYTES + view.getUint8(3)
  const capturedWallMs = view.getFloat64(8, true)
  if (bytes.byteLength <= start || !Number.isFinite(capturedWallMs)) return undefined
  const name = new Uint8Array(bytes, HEADER_BYTES, start - HEADER_BYTES)
  return {
    camera: String.fromCharCode(...name),
    id: view.getUint32(4, true),
    capturedWallMs,
    jpeg: new Uint8Array(bytes, start),
  }
}
