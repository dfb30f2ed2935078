import type { CameraStatus } from '../../camera/camera.js'
import type { CameraEvent } from '../../events/event.js'
import type { Result } from '../../events/result.js'
import { SquintClientError } from './client-error.js'
import type {
  ClientEvents,
  FramesOptions,
  SquintClientOptions,
  SubscribeOptions,
  Subscription,
  View,
  ViewsOptions,
  WebSocketConstructor,
} from './contract.js'
import { createEmitter, type Listener } from './emitter.js'
import { createLine, type Line } from './line.js'
import { createPairing } from './pairing.js'
import {
  type ClientMessage,
  parseFrame,
  parseMessage,
  type ServerMessage,
  type VideoFrame,
} from './protocol.js'
import { createSlot } from './slot.js'

export * from './client-error.js'
export type * from './contract.js'
export type { Loss, WebSocketLike } from './line.js'
export type { FrameWidth, VideoFrame } from './protocol.js'
export type { CameraEvent, CameraStatus, Result }

/** Frames under way at once: one being dealt with, one in the air. */
const CREDIT = 2
const PAIR_WAIT_MS = 200

interface Wanted {
  readonly message: ClientMessage & { type: 'subscribe' }
  /** Of loops; undefined: listeners. */
  onFrame?(frame: VideoFrame): void
  onResult?(result: Result): void
  /** The subscription is over; by the error, if there is one. */
  onEnd?(error?: SquintClientError): void
}

/**
 * A client of one squint service over `/api/ws`. It draws nothing: it delivers frames, results, events and cameras' states, comes
 * back by itself when the connection or the service does, and asks anew for what it had asked for. A slow consumer gets fewer
 * frames, never older ones.
 */
export class SquintClient {
  readonly #emitter = createEmitter<ClientEvents>()
  readonly #wanted = new Map<string, Wanted>()
  readonly #life = new AbortController()
  readonly #line: Line
  #events: (ClientMessage & { type: 'events' }) | undefined
  #greeted = false
  /** Counts connections: credit belongs to the one that the frame came by. */
  #connection = 0

  /** Connects at once. Throws if there is no WebSocket to be had. */
  constructor({ url, token, signal, ...options }: SquintClientOptions) {
    const Socket = options.WebSocket ?? globalSocket()
    const address = socketUrl(url)
    this.#line = createLine({
      open: () =>
        token === undefined
          ? new Socket(address)
          : new Socket(address, [], { headers: { Authorization: `Bearer ${token}` } }),
      onText: text => this.#hear(parseMessage(text)),
      onBinary: bytes => this.#see(bytes),
      onLost: loss => {
        this.#greeted = false
        this.#connection++
        this.#emitter.emit('lost', loss)
      },
      signal: this.#life.signal,
    })
    signal?.addEventListener('abort', () => this.close(), { signal: this.#life.signal })
    if (signal?.aborted) this.close()
  }

  /** @returns what takes the listener away again */
  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void {
    return this.#emitter.on(name, listener)
  }

  /** Asks for a camera, for listeners. Throws SUBSCRIBED if this client has asked for it already, and CLOSED. */
  subscribe(camera: string, options: SubscribeOptions = {}): Subscription {
    const { results = true, video = false } = options
    return this.#want(camera, { ...options, results, video })
  }

  /** Frames of a camera for a loop, which gets the newest each time it asks; asks for the camera for as long as the loop runs. */
  frames(camera: string, options: FramesOptions = {}): AsyncGenerator<VideoFrame, void> {
    return this.#loop(camera, options)
  }

  /** Frames, each with the result of the same frame; for a loop. */
  async *views(camera: string, options: ViewsOptions = {}): AsyncGenerator<View, void> {
    const { waitMs = PAIR_WAIT_MS, ...rest } = options
    const pairing = createPairing()
    for await (const frame of this.#loop(camera, { ...rest, results: true }, pairing.put)) {
      yield { frame, result: await pairing.resultOf(frame.id, waitMs) }
    }
  }

  /** Asks for events, of some cameras or of all. What happens while the connection is lost is told by `GET /api/events`. */
  followEvents(cameras?: readonly string[]): void {
    this.#events = { type: 'events', follow: true, ...(cameras !== undefined && { cameras }) }
    this.#tell(this.#events)
  }

  unfollowEvents(): void {
    this.#events = undefined
    this.#tell({ type: 'events', follow: false })
  }

  /** Does not wait for the next try to connect: somebody looks, or the network is back. */
  hurry(): void {
    this.#line.hurry()
  }

  /** Ends the connection, all loops and all listening. Safe to call twice. */
  close(): void {
    this.#life.abort()
    for (const { onEnd } of this.#wanted.values()) onEnd?.()
    this.#wanted.clear()
    this.#emitter.clear()
  }

  async *#loop(
    camera: string,
    { results = false, signal, ...options }: FramesOptions,
    onResult?: (result: Result) => void,
  ): AsyncGenerator<VideoFrame, void> {
    if (signal?.aborted) return
    const slot = createSlot()
    const stop = () => slot.close()
    const { put: onFrame, close: onEnd } = slot
    const hooks = { onFrame, onEnd, ...(onResult !== undefined && { onResult }) }
    const subscription = this.#want(camera, { ...options, results, video: true }, hooks)
    signal?.addEventListener('abort', stop)
    try {
      for (let frame = await slot.take(); frame !== undefined; frame = await slot.take()) {
        yield frame
        frame.done()
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      subscription.unsubscribe()
    }
  }

  #want(
    camera: string,
    {
      results,
      video,
      credit = CREDIT,
      width,
    }: SubscribeOptions & { results: boolean; video: boolean },
    hooks: Omit<Wanted, 'message'> = {},
  ): Subscription {
    if (this.#life.signal.aborted) throw new SquintClientError('CLOSED', 'the client is closed')
    if (this.#wanted.has(camera)) {
      throw new SquintClientError('SUBSCRIBED', `this client has ${camera} already`)
    }
    const asked = { type: 'subscribe', camera, results, video, credit } as const
    const wanted: Wanted = {
      message: { ...asked, ...(width !== undefined && { width }) },
      ...hooks,
    }
    this.#wanted.set(camera, wanted)
    this.#tell(wanted.message)
    return {
      camera,
      unsubscribe: () => {
        if (this.#wanted.get(camera) !== wanted) return
        this.#wanted.delete(camera)
        this.#tell({ type: 'unsubscribe', camera })
      },
    }
  }

  /** Before the greeting nothing is said: all that is wanted is told after it. */
  #tell(message: ClientMessage): void {
    if (this.#greeted) this.#line.send(message)
  }

  #hear(message: ServerMessage | undefined): void {
    switch (message?.type) {
      case 'hello':
        this.#line.healthy()
        this.#emitter.emit('hello', message)
        this.#greeted = true
        for (const { message } of this.#wanted.values()) this.#tell(message)
        if (this.#events !== undefined) this.#tell(this.#events)
        break
      case 'result':
        this.#wanted.get(message.result.camera)?.onResult?.(message.result)
        this.#emitter.emit('result', message.result)
        break
      case 'camera':
        this.#emitter.emit('camera', message.status)
        break
      case 'event':
        this.#emitter.emit('event', message)
        break
      case 'error': {
        const error = new SquintClientError(message.code, message.message)
        if (message.camera !== undefined) this.#wanted.get(message.camera)?.onEnd?.(error)
        this.#emitter.emit('error', error)
      }
    }
  }

  #see(bytes: ArrayBuffer): void {
    const message = parseFrame(bytes)
    const wanted = message && this.#wanted.get(message.camera)
    if (message === undefined || wanted === undefined) return
    const { camera } = message
    const connection = this.#connection
    let owed = true
    const done = () => {
      const valid = this.#connection === connection && this.#wanted.get(camera) === wanted
      if (owed && valid) this.#tell({ type: 'credit', camera, frames: 1 })
      owed = false
    }
    const frame = { ...message, done }
    if (wanted.onFrame !== undefined) wanted.onFrame(frame)
    else if (!this.#emitter.emit('frame', frame)) done()
  }
}

function socketUrl(url: string): string {
  const base = url
    .replace(/^http/, 'ws')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
  return base.endsWith('/api/ws') ? base : `${base}/api/ws`
}

function globalSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketConstructor }
  if (WebSocket === undefined) {
    throw new TypeError('WebSocket: expected one of the platform, found none; pass that of `ws`')
  }
  return WebSocket
}
