import type { Camera } from '../../camera/camera.js'
import { codeOf, messageOf, SquintError } from '../../lib/errors.js'
import type { Live, LiveFrame } from '../live.js'
import { MAX_CREDIT, requestSchema, type WsReply, type WsRequest } from './messages.js'

/** Bytes waiting in the socket from which on a client gets nothing new: more would only arrive late. */
const MAX_BUFFERED = 1 << 20

/** What a client needs of a WebSocket. */
export interface Socket {
  send(data: string | Uint8Array): void
  bufferedAmount(): number
  close(code: number, reason: string): void
}

/** One WebSocket client and what it has asked for. */
export interface Client {
  /** Takes one message of the client; answers what is wrong with it, if anything is. */
  receive(data: unknown): void
  say(reply: WsReply): void
  /** Whether the client wants the results of this camera. */
  follows(camera: string): boolean
  /** Sends a message as it is, unless the client is too slow for it. */
  send(message: string | Uint8Array): boolean
  /** Messages that the client was too slow for. */
  dropped(): number
  close(code: number, reason: string): void
  /** The socket is gone. */
  gone(): void
}

interface Subscription {
  readonly results: boolean
  credit: number
  readonly ended: AbortController
}

export interface ClientOptions {
  readonly socket: Socket
  readonly cameras: ReadonlyMap<string, Camera>
  readonly live: Live
  /** A frame as a message; the same for all clients. */
  frameMessage(frame: LiveFrame): Uint8Array
}

export function createClient({ socket, cameras, live, frameMessage }: ClientOptions): Client {
  const subscriptions = new Map<string, Subscription>()
  let dropped = 0

  function send(message: string | Uint8Array): boolean {
    if (socket.bufferedAmount() > MAX_BUFFERED) {
      dropped++
      return false
    }
    socket.send(message)
    return true
  }

  function say(reply: WsReply): void {
    send(JSON.stringify(reply))
  }

  function unsubscribe(camera: string): void {
    subscriptions.get(camera)?.ended.abort()
    subscriptions.delete(camera)
  }

  function subscribe({
    camera: id,
    results,
    video,
    credit,
  }: WsRequest & { type: 'subscribe' }): void {
    const camera = cameras.get(id)
    if (camera === undefined) {
      const known = [...cameras.keys()].join(', ')
      throw new SquintError('CAMERA_UNKNOWN', `camera: expected one of ${known}, found ${id}`)
    }
    unsubscribe(id)
    const subscription: Subscription = { results, credit, ended: new AbortController() }
    subscriptions.set(id, subscription)
    if (video) {
      const viewer = {
        wants: () => subscription.credit > 0 && socket.bufferedAmount() <= MAX_BUFFERED,
        put(frame: LiveFrame) {
          // a frame that never left is not one that the client could give credit back for
          if (send(frameMessage(frame))) subscription.credit--
        },
      }
      live.watch(camera, viewer, subscription.ended.signal)
    }
    say({ type: 'camera', status: camera.status() })
  }

  function credit({ camera, frames }: WsRequest & { type: 'credit' }): void {
    const subscription = subscriptions.get(camera)
    if (subscription === undefined) return
    subscription.credit = Math.min(MAX_CREDIT, subscription.credit + frames)
  }

  function obey(request: WsRequest): void {
    if (request.type === 'subscribe') subscribe(request)
    else if (request.type === 'credit') credit(request)
    else unsubscribe(request.camera)
  }

  return {
    receive(data) {
      try {
        obey(parse(data))
      } catch (error) {
        say({ type: 'error', code: codeOf(error), message: messageOf(error) })
      }
    },
    say,
    send,
    follows: camera => subscriptions.get(camera)?.results === true,
    dropped: () => dropped,
    close: (code, reason) => socket.close(code, reason),
    gone() {
      for (const camera of [...subscriptions.keys()]) unsubscribe(camera)
    },
  }
}

function parse(data: unknown): WsRequest {
  const parsed = requestSchema.safeParse(parseJson(data))
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
