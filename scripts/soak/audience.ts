/** Viewers of every kind: those that are well count what they see, and how long they had to wait; the others never read. */
import { once } from 'node:events'
import { get } from 'node:http'
import { WebSocket } from 'ws'

export interface Eye {
  /** Frames so far. */
  readonly seen: () => number
  /** The longest wait for a frame, in milliseconds, since this was asked last; the one under way counts. */
  longestWait(): number
}

export interface Audience {
  /** By camera and kind: `moody ws`, `moody mjpeg`, ... */
  readonly eyes: ReadonlyMap<string, Eye>
  /** So many more that never read, of each kind, until the given time is over. */
  deaf(count: number, camera: string): Promise<() => void>
  close(): void
}

function createEye() {
  let seen = 0
  let lastAt = performance.now()
  let longest = 0
  return {
    blink() {
      seen += 1
      longest = Math.max(longest, performance.now() - lastAt)
      lastAt = performance.now()
    },
    seen: () => seen,
    longestWait() {
      const wait = Math.max(longest, performance.now() - lastAt)
      longest = 0
      return wait
    },
  }
}

/** They come back when they are cut off. */
export function createAudience(url: string, cameras: readonly string[]): Audience {
  const eyes = new Map<string, Eye>()
  const closing = new AbortController()
  const { signal } = closing
  const socketUrl = `${url.replace('http', 'ws')}/api/ws`

  function bySocket(camera: string): void {
    const eye = createEye()
    eyes.set(`${camera} ws`, eye)
    const connect = () => {
      if (signal.aborted) return
      const socket = new WebSocket(socketUrl)
      socket.on('open', () =>
        socket.send(JSON.stringify({ type: 'subscribe', camera, video: true })),
      )
      socket.on('message', (_, binary) => {
        if (!binary) return
        eye.blink()
        socket.send(JSON.stringify({ type: 'credit', camera, frames: 1 }))
      })
      socket.on('error', () => undefined)
      socket.on('close', () => setTimeout(connect, 500).unref())
      signal.addEventListener('abort', () => socket.terminate())
    }
    connect()
  }

  function byMjpeg(camera: string): void {
    const eye = createEye()
    eyes.set(`${camera} mjpeg`, eye)
    const connect = () => {
      if (signal.aborted) return
      const again = () => setTimeout(connect, 500).unref()
      const request = get(`${url}/api/cameras/${camera}/stream.mjpeg`, { agent: false }, answer => {
        answer.on('data', (chunk: Buffer) => {
          if (chunk.includes('--squint-frame')) eye.blink()
        })
        answer.on('error', () => undefined)
        answer.on('close', again)
      })
      request.on('error', again)
      signal.addEventListener('abort', () => request.destroy())
    }
    connect()
  }

  for (const camera of cameras) {
    bySocket(camera)
    byMjpeg(camera)
  }
  return {
    eyes,
    async deaf(count, camera) {
      const ends: (() => void)[] = []
      for (let one = 0; one < count; one++) {
        const socket = new WebSocket(socketUrl)
        socket.on('error', () => undefined)
        await once(socket, 'open')
        socket.send(JSON.stringify({ type: 'subscribe', camera, video: true, credit: 8 }))
        socket.pause()
        const request = get(`${url}/api/cameras/${camera}/stream.mjpeg`, { agent: false })
        request.on('error', () => undefined)
        request.on('response', answer => answer.pause())
        ends.push(
          () => socket.terminate(),
          () => request.destroy(),
        )
      }
      return () => {
        for (const end of ends) end()
      }
    },
    close: () => closing.abort(),
  }
}
