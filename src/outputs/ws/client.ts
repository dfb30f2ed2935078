import type { Camera } from '../../camera/camera.js'
import type { Result } from '../../events/result.js'
import { SquintError } from '../../lib/errors.js'
import type { Live } from '../live.js'
import { encodeFrame, MAX_CREDIT, requestSchema, type WsReply, type WsRequest } from './messages.js'

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
  result(result: Result): void
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
}

export function createClient({ socket, cameras, live }: ClientOptions): Client {
  const subscriptions = new Map<string, Subscription>()
  let dropped = 0

  function send(data: string | Uint8Array): void {
    if (socket.bufferedAmount() > MAX_BUFFERED) dropped++
    else socket.send(data)
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
        put(frame: Parameters<typeof encodeFrame>[0]) {
          subscription.credit--
          send(encodeFrame(frame))
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
        const { code, message } = error as SquintError
        say({ type: 'error', code, message })
      }
    },
    say,
    result(result) {
      if (subscriptions.get(result.camera)?.results) say({ type: 'result', result })
    },
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
