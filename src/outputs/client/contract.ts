import type { CameraStatus } from '../../camera/camera.js'
import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Result } from '../../events/result.js'
import type { SquintClientError } from './client-error.js'
import type { Loss, WebSocketLike } from './line.js'
import type { FrameWidth, VideoFrame } from './protocol.js'

/** The browser's WebSocket, Node's own (from 22 on), or that of the package `ws`. */
export type WebSocketConstructor = new (
  url: string,
  protocols?: string[],
  options?: { headers: Record<string, string> },
) => WebSocketLike

export interface SquintClientOptions {
  /** Of the service: `http://host:8080`. */
  readonly url: string
  /** Sent as `Authorization: Bearer` by the WebSocket of `ws`. Others cannot; browsers send the cookie of the page instead. */
  readonly token?: string
  /** Left out: the global one. */
  readonly WebSocket?: WebSocketConstructor
  /** Closes the client. */
  readonly signal?: AbortSignal
}

export interface SubscribeOptions {
  /** Default true. */
  readonly results?: boolean
  /** Default false. Frames come to the listeners of `frame`, which call `done()` when they want another. */
  readonly video?: boolean
  /** Frames that may be under way or in hand at once, 1..8; default 2. */
  readonly credit?: number
  /** Pictures are at most so many pixels wide; left out: as wide as the line has room for. */
  readonly width?: FrameWidth
}

export interface Subscription {
  readonly camera: string
  /** Safe to call twice. */
  unsubscribe(): void
}

export interface FramesOptions extends Pick<SubscribeOptions, 'credit' | 'width'> {
  /** Whether results come too, to the listeners of `result`; default false. */
  readonly results?: boolean
  /** Ends the loop. */
  readonly signal?: AbortSignal
}

export interface ViewsOptions extends Omit<FramesOptions, 'results'> {
  /** How long a frame waits at most for its result, in milliseconds; default 200. */
  readonly waitMs?: number
}

/** A frame and what was seen in it; null: its result did not come in time, or it was not looked at. */
export interface View {
  readonly frame: VideoFrame
  readonly result: Result | null
}

/** What listeners are told. */
export interface ClientEvents {
  /** Connected, or connected again; subscriptions are renewed after this. */
  hello: { readonly version: string; readonly cameras: readonly CameraStatus[] }
  frame: VideoFrame
  result: Result
  /** Something began, changed or ended; asked for with `followEvents`. */
  event: { readonly change: EventChange['type']; readonly event: CameraEvent }
  /** The state of a camera, every 2 s of each. */
  camera: CameraStatus
  /** The connection is gone and will be tried again. */
  lost: Loss
  /** The service objects to something. */
  error: SquintClientError
}
