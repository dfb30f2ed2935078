import { upgradeWebSocket } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { WebSocket } from 'ws'
import { refuseForeignPage } from '../http/origin.js'
import type { Client, Socket } from './client.js'
import type { Hub } from './hub.js'

/** Turns `GET /api/ws` into a client of the hub. */
export function webSocketRoute(hub: Hub): MiddlewareHandler {
  const upgrade = upgradeWebSocket(() => {
    let client: Client | undefined
    return {
      onOpen(_, socket) {
        // the library knows its sockets by a smaller interface than the one it is given
        if (socket.raw instanceof WebSocket) client = hub.connect(socketOf(socket.raw))
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

function socketOf(raw: WebSocket): Socket {
  return {
    send: data => raw.send(data),
    bufferedAmount: () => raw.bufferedAmount,
    close: (code, reason) => raw.close(code, reason),
  }
}
