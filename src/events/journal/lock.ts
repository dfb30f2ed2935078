import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SquintError } from '../../lib/errors.js'
import type { Disk } from './disk.js'

export interface Lock {
  /** Whether it is still there: another service may have taken over a folder that was mounted elsewhere in the meantime. */
  held(): Promise<boolean>
  release(): Promise<void>
}

/** Linux cuts longer ones off, silently. */
const MAX_SOCKET_PATH = 100

/**
 * Makes sure that one service writes to a folder: a socket in it, which takes connections for as long as its owner lives. Unlike a
 * process id it cannot outlive a power cut, nor be another's by chance, and it counts in every container that shares the folder.
 * Rejects with STATE_UNWRITABLE if another service is there. Where no socket can be made (some file systems for sticks), it stands in
 * the folder for temporary files; where none can be made at all, nothing is guarded.
 */
export async function takeLock(disk: Disk, folder: string): Promise<Lock> {
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  for (const path of [join(folder, 'lock'), join(tmpdir(), `squint-journal-${hash}.lock`)]) {
    const server = await listen(disk, folder, path)
    if (server) return lockOf(disk, server, path, await disk.identity(path))
  }
  return { held: async () => true, release: async () => {} }
}

/** Undefined: there can be no socket. */
async function listen(disk: Disk, folder: string, path: string): Promise<Server | undefined> {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) return undefined
  // one that a service left behind when it was cut off
  if ((await disk.identity(path)) !== undefined) {
    if (await alive(path)) {
      const message = `another service keeps its events in ${folder}: expected a folder of its own`
      throw new SquintError('STATE_UNWRITABLE', message)
    }
    await disk.remove(path)
  }
  const server = createServer(socket => socket.destroy())
  try {
    await once(server.listen(path), 'listening')
    // it must not keep the process alive
    return server.unref()
  } catch {
    return undefined
  }
}

/** Whether anybody listens; whoever does not let us ask is there. */
async function alive(path: string): Promise<boolean> {
  const socket = connect(path)
  const answer = once(socket, 'connect').then(
    () => true,
    error => error.code !== 'ECONNREFUSED',
  )
  return answer.finally(() => socket.destroy())
}

function lockOf(disk: Disk, server: Server, path: string, identity: string | undefined): Lock {
  return {
    held: async () => (await disk.identity(path)) === identity,
    async release() {
      // the socket goes with it
      server.close()
      await once(server, 'close')
    },
  }
}
