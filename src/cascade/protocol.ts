import type { Caption } from '../frame/draw.js'
import type { EncodedPicture, Picture, YuvPicture } from '../frame/frame.js'
import type { ErrorCode } from '../lib/errors.js'
import type { Point } from '../lib/polygon.js'
import type { Depth, Detection, Look, LookTimings, Tracked } from './detection.js'
import type { Effort } from './effort.js'
import type { Policy } from './policy.js'
import type { RemoteSetup } from './remote/remote-expert.js'
import type { RemoteStatus } from './remote/status.js'
import type { Model } from './zoo.js'

/** A picture that belongs to no camera. */
export interface LookTask {
  readonly type: 'look'
  readonly picture: EncodedPicture
  readonly depth: Depth
  /** Lowest score to report, 0..1; left out: each stage's own `high`. */
  readonly minScore?: number
}

/** The next frame of a camera. */
export interface WatchTask {
  readonly type: 'watch'
  readonly camera: string
  /** Monotonic milliseconds. */
  readonly capturedAt: number
  readonly picture: Picture
  readonly effort: Effort
}

/** A frame that has stopped early, for the expert once nothing else is to be done. */
export interface AuditTask {
  readonly type: 'audit'
  readonly picture: Picture
}

/** A raw picture as a JPEG at most `maxWidth` wide, for viewers. */
export interface EncodeTask {
  readonly type: 'encode'
  readonly picture: YuvPicture
  readonly maxWidth: number
  /** 1..100 */
  readonly quality: number
}

/** A picture as a JPEG at most `maxWidth` wide, with boxes drawn in. */
export interface AnnotateTask {
  readonly type: 'annotate'
  readonly picture: Picture | EncodedPicture
  readonly captions: readonly Caption[]
  readonly maxWidth: number
  /** 1..100 */
  readonly quality: number
}

/** A photograph as a raw picture `width` wide. */
export interface UnpackTask {
  readonly type: 'unpack'
  readonly data: Uint8Array
  readonly width: number
}

/** Other models, policies or masks from the next picture on; what is known of the scenes stays. */
export interface AdaptTask {
  readonly type: 'adapt'
  readonly setup: WorkerSetup
}

/** A camera is gone: nothing of its scene is needed any more. */
export interface ForgetTask {
  readonly type: 'forget'
  readonly camera: string
}

export type Task =
  | ForgetTask
  | LookTask
  | WatchTask
  | AuditTask
  | EncodeTask
  | AnnotateTask
  | UnpackTask
  | AdaptTask

/** What the worker answers to each kind of task. */
export interface Answers {
  look: Look
  watch: Look<Tracked>
  audit: Audited
  encode: Uint8Array
  annotate: Uint8Array
  unpack: YuvPicture
  adapt: undefined
  forget: undefined
}

/** What the expert says of an audited frame. */
export interface Audited {
  /** What it would report. */
  readonly detections: readonly Detection[]
  /** What it would not call absent. */
  readonly candidates: readonly Detection[]
  readonly timingsMs: LookTimings
}

export type Request = { readonly job: number; readonly task: Task } | { readonly type: 'stop' }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

export type Reply =
  | { readonly type: 'ready' }
  | { readonly type: 'remote'; readonly status: RemoteStatus | null }
  | { readonly type: 'handicap'; readonly what: string; readonly failure: Failure }
  | { readonly type: 'done'; readonly job: number; readonly answer: Answers[keyof Answers] }
  | { readonly type: 'failed'; readonly job: number; readonly failure: Failure }
  | { readonly type: 'broken'; readonly failure: Failure }

/** What the worker is started with. */
export interface WorkerSetup {
  readonly scout: Model
  readonly expert: Model
  /** An expert on a server, for which `expert` stands in. */
  readonly remote?: RemoteSetup | undefined
  readonly threads: number
  /** Folder of networks as they were rewritten for this processor. */
  readonly cache: string
  readonly policy: Policy
  /** Of cameras that have their own, by id. */
  readonly policies: Readonly<Record<string, Policy>>
  /** Polygons in which nobody is to look, by camera. */
  readonly masks: Readonly<Record<string, readonly (readonly Point[])[]>>
}
