import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** How long the last words of a connection may take to arrive. */
const GRACE_MS = 1000

const REFUSAL = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/**
 * Looks after connections that ask for another protocol. node:http lets go of them: its limits hold no longer, an error of theirs
 * would end the process, and one that nobody answers would stay. What is no WebSocket (HTTP/2, which curl and Java offer) is refused.
 * @returns what cuts all that are left
 */
export function guardUpgrades(server: EventEmitter): () => void {
  const open = new Set<Duplex>()
  const [upgrade] = server.listeners('upgrade')
  // the library refuses only where it listens alone
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    // a client need not close its half
    socket.on('finish', () => setTimeout(() => socket.destroy(), GRACE_MS).unref())
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') socket.end(REFUSAL)
    else upgrade?.call(server, request, socket, head)
  })
  return () => {
    for (const socket of open) socket.destroy()
  }
}
