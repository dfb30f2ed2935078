import { once } from 'node:events'
import { createServer, Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createAdaptorServer,
  type Http2Bindings,
  type HttpBindings,
  type WebSocketServerLike,
} from '@hono/node-server'
import { type WebSocket, WebSocketServer } from 'ws'
import { SquintError } from '../../lib/errors.js'
import { limitConnections } from './connections.js'
import { guardUpgrades } from './upgrades.js'

/** How long streams may take to end by themselves. */
const GRACE_MS = 500
/** Longest message that a client has reason to send. */
const MAX_MESSAGE_BYTES = 16 << 10

/** PEM. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface ServerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Left out: no TLS. */
  readonly certificate?: Certificate
  fetch(request: Request, bindings?: object): Response | Promise<Response>
  /** A WebSocket client that has not answered a ping for so long is gone. */
  readonly pingMs?: number
}

export interface HttpServer {
  /** Where it listens. */
  readonly url: string
  /** Shows another certificate to those who come from now on; there must have been one. */
  renew(certificate: Certificate): void
  /** Stops listening, gives streams a moment to end, then cuts them. Safe to call twice. */
  close(): Promise<void>
}

/** Serves the application. Rejects with PORT_BUSY if the address cannot be had. */
export async function listen(options: ServerOptions): Promise<HttpServer> {
  const { host, port, certificate, fetch, pingMs = 30_000 } = options
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  })

  async function answer(request: Request, bindings: HttpBindings | Http2Bindings) {
    const response = await fetch(request, bindings)
    // who asks for an upgrade gets no body: one that never ends would wait for a reader as long as the service runs
    if (bindings.outgoing === undefined) await response.body?.cancel()
    return response
  }

  const server = createAdaptorServer({
    fetch: answer,
    websocket: { server: sockets as WebSocketServerLike },
    ...(certificate && { createServer, serverOptions: certificate }),
  })
  limitConnections(server)
  const cutUpgrades = guardUpgrades(server)
  const stopPinging = pingClients(sockets, pingMs)
  server.listen(port, host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    stopPinging()
    throw new SquintError(
      'PORT_BUSY',
      `server.port: expected a free port, found ${host}:${port} taken (${error.code})`,
    )
  })

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    stopPinging()
    const closed = once(server, 'close')
    server.close()
    await Promise.race([closed, sleep(GRACE_MS)])
    cutUpgrades()
    // node:http's own; HTTP/2 is never asked for
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }

  const { address, family, port: bound } = server.address() as AddressInfo
  return {
    url: `${certificate ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${bound}`,
    renew(next) {
      if (server instanceof Server) server.setSecureContext(next)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

/** Ends clients that vanished without a word. Returns what stops it. */
function pingClients(sockets: WebSocketServer, pingMs: number): () => void {
  const silent = new WeakSet<WebSocket>()
  sockets.on('connection', socket => socket.on('pong', () => silent.delete(socket)))
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) socket.terminate()
      else {
        silent.add(socket)
        socket.ping()
      }
    }
  }, pingMs)
  return () => clearInterval(timer)
}
