import type { Server, Socket } from 'node:net'
import { addressOf } from './peers.js'

/**
 * Connections that one peer may hold, and all together. The most that last are 64 WebSockets, 32 event streams and 16 MJPEG streams; a
 * proxy in front, which is one peer, holds them all, and its pool besides. systemd gives a process 1024 files.
 */
const MOST_OF_PEER = 256
const MOST = 512

/** Cuts connections beyond the limits as soon as they come: they cost a file each before they have said a word. */
export function limitConnections(server: Server, mostOfPeer = MOST_OF_PEER): void {
  const open = new Map<string, number>()
  server.maxConnections = MOST
  server.prependListener('connection', (socket: Socket) => {
    const peer = addressOf(socket)
    const count = (open.get(peer) ?? 0) + 1
    open.set(peer, count)
    socket.once('close', () => {
      const left = Number(open.get(peer)) - 1
      if (left === 0) open.delete(peer)
      else open.set(peer, left)
    })
    if (count > mostOfPeer) socket.destroy()
  })
}
