import type { Camera } from '../../camera/camera.js'
import type { Role } from '../http/roles.js'
import type { Live, LiveFrame } from '../live.js'
import type { Output } from '../output.js'
import { type Client, createClient, type Listener } from './client.js'
import { createGo2rtcClient } from './go2rtc-client.js'
import type { Socket } from './link.js'
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
  /**
   * Greets a new client; undefined if there are too many.
   * @param src the camera's name, if the client speaks as go2rtc's players do
   */
  connect(socket: Socket, role: Role, src?: string): Client | undefined
  disconnect(client: Client): void
  status(): { readonly clients: number; readonly dropped: number }
}

export function createHub(options: HubOptions): Hub {
  const { version, cameras, live, signal, statusMs = 2000 } = options
  /** Each client, and the same again if it listens to what happens. */
  const clients = new Map<Client, Listener | undefined>()
  // the live picture gives all viewers the same frame object
  const frameMessages = new WeakMap<LiveFrame, Uint8Array>()
  let droppedByGone = 0

  function frameMessage(frame: LiveFrame): Uint8Array {
    const message = frameMessages.get(frame) ?? encodeFrame(frame)
    frameMessages.set(frame, message)
    return message
  }

  const listeners = (): Listener[] => [...clients.values()].filter(one => one !== undefined)

  const timer = setInterval(() => {
    for (const client of clients.keys()) client.refresh()
    for (const camera of cameras.values()) {
      const message = JSON.stringify({ type: 'camera', status: camera.status() } satisfies WsReply)
      for (const listener of listeners()) listener.sendFresh(message)
    }
  }, statusMs)
  signal.addEventListener('abort', () => clearInterval(timer))

  function greet(socket: Socket, role: Role): Client {
    const listener = createClient({ socket, role, cameras, live, frameMessage })
    clients.set(listener, listener)
    listener.say({ type: 'hello', version, cameras: [...cameras.values()].map(c => c.status()) })
    return listener
  }

  return {
    name: 'ws',
    publish(result) {
      const followers = listeners().filter(one => one.follows(result.camera))
      if (followers.length === 0) return
      const message = JSON.stringify({ type: 'result', result } satisfies WsReply)
      for (const follower of followers) follower.sendFresh(message)
    },
    happened({ type: change, event }) {
      const followers = listeners().filter(one => one.followsEvents(event.camera))
      if (followers.length === 0) return
      const message = JSON.stringify({ type: 'event', change, event } satisfies WsReply)
      for (const follower of followers) follower.send(message)
    },
    connect(socket, role, src) {
      if (clients.size >= MAX_CLIENTS) {
        socket.close(1013, 'too many clients')
        return undefined
      }
      if (src === undefined) return greet(socket, role)
      const player = createGo2rtcClient({ socket, find: () => cameras.get(src), live })
      clients.set(player, undefined)
      return player
    },
    disconnect(client) {
      clients.delete(client)
      client.gone()
      droppedByGone += client.dropped()
    },
    status() {
      let dropped = droppedByGone
      for (const client of clients.keys()) dropped += client.dropped()
      return { clients: clients.size, dropped }
    },
    async close() {
      for (const client of clients.keys()) client.close(1001, 'the service is stopping')
    },
  }
}
