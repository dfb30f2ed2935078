import type { CameraStatus } from '../../camera/camera.js'
import type { Exit } from '../../cascade/detection.js'
import type { BestLook, CameraEvent } from '../../events/event.js'
import type { FrameBudget, Result, TrackedDetection } from '../../events/result.js'
import type { ErrorCode } from '../../lib/errors.js'
import type { FrameEnergy } from '../../power/energy.js'
import { isFlag, isNumber, isText, listOf, nullable, oneOf, optional, shape } from './guards.js'

// A code is only shown, never branched on beyond the few known ones: a newer service may have more.
const isErrorCode = (value: unknown): value is ErrorCode => isText(value)

export const isStatus = shape<CameraStatus>({
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

export const isFrame = shape<Result['frame']>({
  id: isNumber,
  capturedAt: isText,
  ageMs: isNumber,
  width: isNumber,
  height: isNumber,
})

const isStage = oneOf<Exit['stage']>({ gate: true, scout: true, expert: true })

const isReason = oneOf<Exit['reason']>({
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
})

// An older service, with its expert here, does not say these two.
const isWhere = (value: unknown): value is Exit['expert'] =>
  optional(nullable(oneOf<'local' | 'remote'>({ local: true, remote: true })))(value)
const isWaited = (value: unknown): value is number => optional(isNumber)(value)

export const isExit = shape<Exit>({
  stage: isStage,
  reason: isReason,
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

const isBox = shape<TrackedDetection['box']>({
  x: isNumber,
  y: isNumber,
  width: isNumber,
  height: isNumber,
})

export const isResult = shape<Result>({
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
      box: isBox,
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

const isTime = (value: unknown): value is string =>
  isText(value) && Number.isFinite(Date.parse(value))

export const isEvent = shape<CameraEvent>({
  id: isText,
  camera: isText,
  label: isText,
  trackId: isNumber,
  startedAt: isTime,
  updatedAt: isTime,
  endedAt: nullable(isTime),
  endedBy: nullable(
    oneOf<NonNullable<CameraEvent['endedBy']>>({
      gone: true,
      camera: true,
      off: true,
      restart: true,
    }),
  ),
  score: isNumber,
  box: isBox,
  zones: listOf(isText),
  enteredZones: listOf(isText),
  stationary: isFlag,
  moves: isNumber,
  best: shape<BestLook>({
    frame: isNumber,
    at: isTime,
    score: isNumber,
    box: isBox,
    width: isNumber,
    height: isNumber,
    exit: shape<BestLook['exit']>({ stage: isStage, reason: isReason }),
  }),
  hasSnapshot: isFlag,
})
