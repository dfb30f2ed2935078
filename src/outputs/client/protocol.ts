import type { CameraStatus } from '../../camera/camera.js'
import type { Exit } from '../../cascade/detection.js'
import type { FrameBudget, Result, TrackedDetection } from '../../events/result.js'
import type { ErrorCode } from '../../lib/errors.js'
import type { FrameEnergy } from '../../power/energy.js'
import {
  type Guard,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullable,
  oneOf,
  optional,
  parseJson,
  shape,
} from './guards.js'

export type ServerMessage =
  | { readonly type: 'hello'; readonly version: string; readonly cameras: readonly CameraStatus[] }
  | { readonly type: 'result'; readonly result: Result }
  | { readonly type: 'camera'; readonly status: CameraStatus }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

export type ClientMessage =
  | {
      readonly type: 'subscribe'
      readonly camera: string
      readonly results: boolean
      readonly video: boolean
      readonly credit: number
    }
  | { readonly type: 'credit'; readonly camera: string; readonly frames: number }
  | { readonly type: 'unsubscribe'; readonly camera: string }

/** One binary message: a picture and what it shows. */
export interface VideoFrame {
  readonly camera: string
  readonly id: number
  /** Milliseconds since 1970, by the service's clock. */
  readonly capturedWallMs: number
  readonly jpeg: Uint8Array<ArrayBuffer>
}

// A code is only shown, never branched on beyond the few known ones: a newer service may have more.
const isErrorCode = (value: unknown): value is ErrorCode => isText(value)

const isStatus = shape<CameraStatus>({
  id: isText,
  kind: oneOf<CameraStatus['kind']>({ libcamera: true, ffmpeg: true, replay: true, demo: true }),
  label: isText,
  state: oneOf<CameraStatus['state']>({
    starting: true,
    streaming: true,
    waiting: true,
    ended: true,
    closed: true,
  }),
  frames: isNumber,
  fps: isNumber,
  ageMs: nullable(isNumber),
  width: nullable(isNumber),
  height: nullable(isNumber),
  dropped: isNumber,
  lost: isNumber,
  restarts: isNumber,
  resting: isFlag,
  error: nullable(shape({ code: isErrorCode, message: isText })),
})

// An older service, with its expert here, does not say these two.
const isWhere = (value: unknown): value is Exit['expert'] =>
  optional(nullable(oneOf<'local' | 'remote'>({ local: true, remote: true })))(value)
const isWaited = (value: unknown): value is number => optional(isNumber)(value)

export const isFrame = shape<Result['frame']>({
  id: isNumber,
  capturedAt: isText,
  ageMs: isNumber,
  width: isNumber,
  height: isNumber,
})

export const isExit = shape<Exit>({
  stage: oneOf<Exit['stage']>({ gate: true, scout: true, expert: true }),
  reason: oneOf<Exit['reason']>({
    unchanged: true,
    followed: true,
    unrecognised: true,
    paced: true,
    empty: true,
    confident: true,
    known: true,
    deferred: true,
    ambiguous: true,
    new: true,
    lost: true,
    small: true,
    complex: true,
    cut: true,
    refresh: true,
    requested: true,
  }),
  motion: isNumber,
  complexity: isNumber,
  escalated: isFlag,
  expert: isWhere,
  grounds: shape<Exit['grounds']>({
    edges: isNumber,
    entropy: isNumber,
    blobs: isNumber,
    doubt: nullable(isNumber),
    candidates: isNumber,
    ambiguous: isNumber,
    new: isNumber,
    known: isNumber,
    refuted: isNumber,
    lost: isNumber,
    sinceLookMs: nullable(isNumber),
    sinceExpertMs: nullable(isNumber),
  }),
})

const isResult = shape<Result>({
  camera: isText,
  frame: isFrame,
  exit: isExit,
  budget: nullable(
    shape<FrameBudget>({
      limitedBy: oneOf<FrameBudget['limitedBy']>({
        watts: true,
        millijoulesPerFrame: true,
        milliseconds: true,
        celsius: true,
        throttled: true,
      }),
      level: isNumber,
      target: nullable(isNumber),
      actual: nullable(isNumber),
      atFloor: isFlag,
      moved: listOf(
        oneOf<FrameBudget['moved'][number]>({
          thresholds: true,
          escalations: true,
          rate: true,
        }),
      ),
    }),
  ),
  detections: listOf(
    shape<TrackedDetection>({
      label: isText,
      classId: isNumber,
      score: isNumber,
      box: shape<TrackedDetection['box']>({
        x: isNumber,
        y: isNumber,
        width: isNumber,
        height: isNumber,
      }),
      trackId: isNumber,
      zones: listOf(isText),
    }),
  ),
  timingsMs: shape<Result['timingsMs']>({
    queue: isNumber,
    decode: isNumber,
    gate: isNumber,
    scout: isNumber,
    expert: isNumber,
    remote: isWaited,
    total: isNumber,
  }),
  energyMj: shape<FrameEnergy>({
    decode: isNumber,
    gate: isNumber,
    scout: isNumber,
    expert: isNumber,
    total: isNumber,
    method: oneOf<FrameEnergy['method']>({ measured: true, calibrated: true, modelled: true }),
    scope: oneOf<FrameEnergy['scope']>({ board: true, soc: true, process: true }),
    uncertainty: isNumber,
  }),
})

const guards: readonly Guard<ServerMessage>[] = [
  shape({ type: oneOf<'result'>({ result: true }), result: isResult }),
  shape({ type: oneOf<'camera'>({ camera: true }), status: isStatus }),
  shape({ type: oneOf<'hello'>({ hello: true }), version: isText, cameras: listOf(isStatus) }),
  shape({ type: oneOf<'error'>({ error: true }), code: isText, message: isText }),
]

/** A text message, or undefined where it is none of ours. */
export function parseMessage(text: string): ServerMessage | undefined {
  const value = parseJson(text)
  for (const guard of guards) if (guard(value)) return value
  return undefined
}

const HEADER_BYTES = 16

/** "SQ", version 1, length n of the camera's id, frame id u32, capture time f64 (both little endian), id, JPEG. */
export function parseVideoFrame(bytes: ArrayBuffer): VideoFrame | undefined {
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
    camera: new TextDecoder('ascii').decode(name),
    id: view.getUint32(4, true),
    capturedWallMs,
    jpeg: new Uint8Array(bytes, start),
  }
}
