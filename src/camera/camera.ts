import type { Frame, Picture } from '../frame/frame.js'
import type { ErrorCode } from '../lib/errors.js'

export type CameraKind = 'libcamera' | 'ffmpeg' | 'replay' | 'demo'

/** Where a source puts what it sees. */
export interface PictureSink {
  /** Hands over one picture; never blocks. */
  put(picture: Picture): void
  /** Resolves once the newest picture has been taken for analysis, for sources that can wait (replay as fast as frames are taken). Rejects with the signal's reason when the camera closes. */
  taken(signal: AbortSignal): Promise<void>
  /** Counts a picture that the source had to throw away before it was whole (torn, too large). */
  lost(reason: string): void
  /** Says that material comes although no picture does: silence on purpose is no stall. */
  alive(): void
}

/** One way to get pictures. `run` is one life of it: open, give pictures, and settle when it is over and nothing of it is left. */
export interface Source {
  readonly kind: CameraKind
  /** What is opened, without secrets, for people. */
  readonly label: string
  /** Resolves when the material ended by itself; rejects with a `SquintError` when it broke; settles soon after `signal` aborts. */
  run(sink: PictureSink, signal: AbortSignal): Promise<void>
  /** Like `Camera.rest`; holds for all lives. Only sources that can save something have it. */
  rest?(quiet: boolean): void
  /** Whether pictures are being left out now. */
  readonly resting?: boolean
}

export type CameraState = 'starting' | 'streaming' | 'waiting' | 'ended' | 'closed'

export interface CameraStatus {
  readonly id: string
  readonly kind: CameraKind
  readonly label: string
  readonly state: CameraState
  /** Pictures that arrived whole. */
  readonly frames: number
  /** Pictures per second over the last seconds. */
  readonly fps: number
  /** Milliseconds since the newest picture; null before the first. */
  readonly ageMs: number | null
  readonly width: number | null
  readonly height: number | null
  /** Pictures that a newer one replaced before analysis took them. */
  readonly dropped: number
  /** Torn or oversized pictures. */
  readonly lost: number
  readonly restarts: number
  /** Whether only key frames are decoded now: the source can, and was told that the scene is quiet. */
  readonly resting: boolean
  readonly error: { readonly code: ErrorCode; readonly message: string } | null
}

/** Frames out: what the rest of the service knows of any camera. */
export interface Camera {
  readonly id: string
  readonly kind: CameraKind
  /** The next frame not yet taken; the newest one wins. Undefined once the camera has ended or closed. */
  next(): Promise<Frame | undefined>
  /** The newest frame, taken or not. */
  latest(): Frame | undefined
  /** Calls back on every frame (live viewers) until `signal` aborts. */
  watch(listener: (frame: Frame) => void, signal: AbortSignal): void
  status(): CameraStatus
  /** Says whether the scene is quiet: a source that can may save itself the pictures between key frames, until told otherwise. */
  rest(quiet: boolean): void
  /** Stops the source and waits until nothing of it is left. Safe to call twice. */
  close(): Promise<void>
}
