import type { EncodedPicture, Picture, YuvPicture } from '../frame/frame.js'
import type { ErrorCode } from '../lib/errors.js'
import type { Depth, Look } from './detection.js'
import type { Model } from './zoo.js'

export interface LookTask {
  readonly type: 'look'
  readonly picture: Picture | EncodedPicture
  readonly depth: Depth
  /** Lowest score to report, 0..1; left out: each stage's own `high`. */
  readonly minScore?: number
  /** The stream that the picture belongs to, for the gate; left out for single pictures. */
  readonly stream?: { readonly camera: string; readonly capturedAt: number }
}

/** A raw picture as a JPEG at most `maxWidth` wide, for viewers. */
export interface EncodeTask {
  readonly type: 'encode'
  readonly picture: YuvPicture
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

export type Task = LookTask | EncodeTask | UnpackTask

/** What the worker answers to each kind of task. */
export interface Answers {
  look: LookAnswer
  encode: Uint8Array
  unpack: YuvPicture
}

export interface LookAnswer extends Look {
  /** When the worker took the task, monotonic milliseconds. */
  readonly startedAt: number
}

export type Request = { readonly job: number; readonly task: Task } | { readonly type: 'stop' }

export interface Failure {
  readonly code: ErrorCode
  readonly message: string
}

export type Reply =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly job: number; readonly answer: Answers[keyof Answers] }
  | { readonly type: 'failed'; readonly job: number; readonly failure: Failure }
  | { readonly type: 'broken'; readonly failure: Failure }

/** What the worker is started with. */
export interface WorkerSetup {
  readonly scout: Model
  readonly expert: Model
  readonly threads: number
  readonly refreshSeconds: number
  readonly complexityLimit: number
}
