import type { Camera } from '../../camera/camera.js'
import { codeOf, messageOf, SquintError } from '../../lib/errors.js'
import { demand, MESSAGES, type Role } from '../http/roles.js'
import type { Live, LiveFrame, Viewer } from '../live.js'
import { createLink, type Socket } from './link.js'
import { MAX_CREDIT, type WsReply, type WsRequest, wsRequestSchema } from './messages.js'
import { type SentFrame, widthFor } from './width.js'

/** One WebSocket client and what it has asked for. */
export interface Client {
  /** Takes one message of the client; answers what is wrong with it, if anything is. */
  receive(data: unknown): void
  /** Takes the payload of a pong. */
  pong(payload: Uint8Array): void
  /** Messages that the client was too slow for. */
  dropped(): number
  close(code: number, reason: string): void
  /** Cameras may have been opened anew, or removed. */
  refresh(): void
  /** The socket is gone. */
  gone(): void
}

/** A client that also hears what happens. */
export interface Listener extends Client {
  say(reply: WsReply): void
  /** Whether the client wants the results of this camera, or its events. */
  follows(camera: string): boolean
  followsEvents(camera: string): boolean
  /** Sends a message as it is, unless the client does not read. */
  send(message: string): void
  /** Sends what would be worthless if it came late, unless the client is too slow for it. */
  sendFresh(message: string): void
}

interface Subscription {
  readonly request: WsRequest & { type: 'subscribe' }
  camera: Camera
  credit: number
  last: SentFrame | undefined
  servedAt: number
  ended: AbortController
  /** Asks for the newest frame. */
  ready(): void
}

export interface ClientOptions {
  readonly socket: Socket
  /** Of whoever asked for the connection. */
  readonly role: Role
  readonly cameras: ReadonlyMap<string, Camera>
  readonly live: Live
  /** A frame as a message; the same for all clients. */
  frameMessage(frame: LiveFrame): Uint8Array
}

export function createClient(options: ClientOptions): Listener {
  const { socket, role, cameras, live, frameMessage } = options
  const subscriptions = new Map<string, Subscription>()
  const link = createLink(socket, serve)
  let events: ReadonlySet<string> | 'all' = new Set()
  let served = 0

  function say(reply: WsReply): void {
    link.send(JSON.stringify(reply))
  }

  /** A frame has arrived: who has waited longest comes first. */
  function serve(): void {
    const waiting = [...subscriptions.values()].sort((a, b) => a.servedAt - b.servedAt)
    for (const { ready } of waiting) ready()
  }

  function known(id: string): Camera {
    const camera = cameras.get(id)
    if (camera !== undefined) return camera
    const names = [...cameras.keys()].join(', ')
    throw new SquintError('CAMERA_UNKNOWN', `camera: expected one of ${names}, found ${id}`)
  }

  function unsubscribe(camera: string): void {
    subscriptions.get(camera)?.ended.abort()
    subscriptions.delete(camera)
  }

  function viewerOf(subscription: Subscription): Viewer {
    return {
      wants() {
        if (subscription.credit === 0 || !link.free()) return false
        link.reserve()
        subscription.credit--
        return true
      },
      width: () => widthFor(subscription.last, link.wireMs, subscription.request.width),
      put(frame) {
        const message = frameMessage(frame)
        subscription.last = { ...frame, bytes: message.byteLength }
        subscription.servedAt = ++served
        // a frame that never left is not one that the client could give credit back for
        if (!link.sendFrame(message)) subscription.credit++
      },
      missed() {
        link.giveUp()
        subscription.credit++
      },
    }
  }

  function watch(subscription: Subscription): void {
    subscription.ended.abort()
    subscription.ended = new AbortController()
    const { camera, ended } = subscription
    subscription.ready = live.watch(camera, viewerOf(subscription), ended.signal)
  }

  function subscribe(request: WsRequest & { type: 'subscribe' }): void {
    const camera = known(request.camera)
    unsubscribe(request.camera)
    const subscription: Subscription = {
      request,
      camera,
      credit: request.credit,
      last: undefined,
      servedAt: 0,
      ended: new AbortController(),
      ready: () => undefined,
    }
    subscriptions.set(request.camera, subscription)
    say({ type: 'camera', status: camera.status() })
    if (request.video) watch(subscription)
  }

  function credit({ camera, frames }: WsRequest & { type: 'credit' }): void {
    const subscription = subscriptions.get(camera)
    if (subscription === undefined) return
    subscription.credit = Math.min(MAX_CREDIT, subscription.credit + frames)
    subscription.ready()
  }

  function follow({ follow, cameras }: WsRequest & { type: 'events' }): void {
    for (const camera of cameras ?? []) known(camera)
    if (!follow) events = new Set()
    else events = cameras === undefined ? 'all' : new Set(cameras)
  }

  function obey(request: WsRequest): void {
    demand(role, MESSAGES[request.type])
    if (request.type === 'subscribe') subscribe(request)
    else if (request.type === 'credit') credit(request)
    else if (request.type === 'events') follow(request)
    else unsubscribe(request.camera)
  }

  return {
    receive(data) {
      let camera: string | undefined
      try {
        const request = parse(data)
        if ('camera' in request) camera = request.camera
        obey(request)
      } catch (error) {
        say({ type: 'error', code: codeOf(error), message: messageOf(error), camera })
      }
    },
    pong: link.pong,
    say,
    send: link.send,
    sendFresh: link.sendFresh,
    follows: camera => subscriptions.get(camera)?.request.results === true,
    followsEvents: camera => events === 'all' || events.has(camera),
    refresh() {
      for (const subscription of subscriptions.values()) {
        const camera = cameras.get(subscription.request.camera)
        if (camera === undefined || camera === subscription.camera) continue
        subscription.camera = camera
        if (subscription.request.video) watch(subscription)
      }
    },
    dropped: link.dropped,
    close: (code, reason) => socket.close(code, reason),
    gone() {
      for (const camera of [...subscriptions.keys()]) unsubscribe(camera)
    },
  }
}

function parse(data: unknown): WsRequest {
  const parsed = wsRequestSchema.safeParse(parseJson(data))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new SquintError('REQUEST_INVALID', `${issue?.path.join('.')}: ${issue?.message}`)
}

function parseJson(data: unknown): unknown {
  try {
    return JSON.parse(String(data))
  } catch {
    throw new SquintError('REQUEST_INVALID', 'message: expected JSON text, found something else')
  }
}
