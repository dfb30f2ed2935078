import type { Camera } from '../../camera/camera.js'
import type { Live, LiveFrame } from '../live.js'
import type { Output } from '../output.js'
import { type Client, createClient, type Socket } from './client.js'
import { encodeFrame, type WsReply } from './messages.js'

/** A wall of screens fits; a runaway script does not. */
const MAX_CLIENTS = 64
export interface HubOptions {
  readonly version: string
  readonly cameras: ReadonlyMap<string, Camera>
  readonly live: Live
  readonly signal: AbortSignal
  /** How often clients hear of the cameras' states. */
  readonly statusMs?: number
}

/** All WebSocket clients. */
export interface Hub extends Output {
  /** Greets a new client; undefined if there are too many. */
  connect(socket: Socket): Client | undefined
  disconnect(client: Client): void
  status(): { readonly clients: number; readonly dropped: number }
}

export function createHub(options: HubOptions): Hub {
  const { version, cameras, live, signal, statusMs = 2000 } = options
  const clients = new Set<Client>()
  // the live picture gives all viewers the same frame object
  const frameMessages = new WeakMap<LiveFrame, Uint8Array>()
  let droppedByGone = 0

  function frameMessage(frame: LiveFrame): Uint8Array {
    const message = frameMessages.get(frame) ?? encodeFrame(frame)
    frameMessages.set(frame, message)
    return message
  }

  const timer = setInterval(() => {
    for (const camera of cameras.values()) {
      const message = JSON.stringify({ type: 'camera', status: camera.status() } satisfies WsReply)
      for (const client of clients) client.send(message)
    }
  }, statusMs)
  signal.addEventListener('abort', () => clearInterval(timer))

  return {
    name: 'ws',
    publish(result) {
      const followers = [...clients].filter(client => client.follows(result.camera))
      if (followers.length === 0) return
      const message = JSON.stringify({ type: 'result', result } satisfies WsReply)
      for (const client of followers) client.send(message)
    },
    connect(socket) {
      if (clients.size >= MAX_CLIENTS) {
        socket.close(1013, 'too many clients')
        return undefined
      }
      const client = createClient({ socket, cameras, live, frameMessage })
      clients.add(client)
      client.say({ type: 'hello', version, cameras: [...cameras.values()].map(c => c.status()) })
      return client
    },
    disconnect(client) {
      clients.delete(client)
      client.gone()
      droppedByGone += client.dropped()
    },
    status() {
      let dropped = droppedByGone
      for (const client of clients) dropped += client.dropped()
      return { clients: clients.size, dropped }
    },
    async close() {
      for (const client of clients) client.close(1001, 'the service is stopping')
    },
  }
}
