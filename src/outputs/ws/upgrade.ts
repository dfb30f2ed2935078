import { upgradeWebSocket } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { WebSocket } from 'ws'
import { refuseForeignPage } from '../http/origin.js'
import type { Role } from '../http/roles.js'
import type { Client } from './client.js'
import type { Hub } from './hub.js'
import type { Socket } from './link.js'

/** Turns `GET /api/ws` into a client of the hub; with `?src=`, into a player of go2rtc. */
export function webSocketRoute(hub: Hub): MiddlewareHandler {
  const upgrade = upgradeWebSocket(context => {
    const src = context.req.query('src')
    const role = context.get('role')
    let client: Client | undefined
    return {
      onOpen(_, socket) {
        // the library knows its sockets by a smaller interface than the one it is given
        if (socket.raw instanceof WebSocket) client = connect(hub, socket.raw, role, src)
      },
      onMessage: ({ data }) => client?.receive(data),
      onClose() {
        if (client !== undefined) hub.disconnect(client)
      },
    }
  })
  return async function checkOrigin(context, next) {
    refuseForeignPage(context)
    return upgrade(context, next)
  }
}

function connect(hub: Hub, raw: WebSocket, role: Role, src?: string): Client | undefined {
  const client = hub.connect(socketOf(raw), role, src)
  raw.on('pong', payload => client?.pong(payload))
  return client
}

function socketOf(raw: WebSocket): Socket {
  return {
    send: data => raw.send(data),
    ping: payload => raw.ping(payload),
    bufferedAmount: () => raw.bufferedAmount,
    close: (code, reason) => raw.close(code, reason),
  }
}
