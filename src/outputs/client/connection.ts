import type { CameraStatus } from '../../camera/camera.js'
import type { Result } from '../../events/result.js'
import { type ClientMessage, parseMessage, parseVideoFrame, type VideoFrame } from './protocol.js'

/** Seconds to wait before the 1st, 2nd, ... new try; the last one repeats. */
const BACKOFF_S = [1, 2, 5, 10]
/** The service sends a camera's status every 2 s: this much silence means that the line is dead though nobody said so (Wi-Fi gone, plug pulled). */
const SILENCE_MS = 8000

export interface ConnectionOptions {
  readonly url: string
  readonly onHello: (version: string, cameras: readonly CameraStatus[]) => void
  readonly onResult: (result: Result) => void
  readonly onStatus: (status: CameraStatus) => void
  readonly onFrame: (frame: VideoFrame) => void
  /** `retryAt` is on performance.now()'s clock. */
  readonly onLost: (retryAt: number) => void
  readonly signal: AbortSignal
}

export interface Connection {
  /** Sends if connected; otherwise the message is dropped, as everything is asked anew after hello. */
  send(message: ClientMessage): void
}

/** Keeps a WebSocket to the service open for as long as `signal` lives. */
export function connect(options: ConnectionOptions): Connection {
  const { signal } = options
  let socket: WebSocket | undefined
  let failures = 0
  let heardAt = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    clearTimeout(retry)
    retry = undefined
    const ours = new WebSocket(options.url)
    ours.binaryType = 'arraybuffer'
    socket = ours
    heardAt = performance.now()
    ours.addEventListener('message', event => {
      heardAt = performance.now()
      if (ours === socket) hear(event.data)
    })
    ours.addEventListener('close', () => lose(ours))
  }

  function hear(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      const frame = parseVideoFrame(data)
      if (frame) options.onFrame(frame)
      return
    }
    const message = typeof data === 'string' ? parseMessage(data) : undefined
    if (message?.type === 'hello') {
      failures = 0
      options.onHello(message.version, message.cameras)
    } else if (message?.type === 'result') options.onResult(message.result)
    else if (message?.type === 'camera') options.onStatus(message.status)
  }

  function lose(which: WebSocket): void {
    if (which !== socket || signal.aborted) return
    socket = undefined
    const seconds = BACKOFF_S[Math.min(failures, BACKOFF_S.length - 1)] ?? 10
    failures += 1
    retry = setTimeout(open, seconds * 1000)
    options.onLost(performance.now() + seconds * 1000)
  }

  const watchdog = setInterval(() => {
    if (!socket || performance.now() - heardAt < SILENCE_MS) return
    const silent = socket
    // close() waits for an answer that a dead line never gives: give the socket up first.
    lose(silent)
    silent.close()
  }, 1000)

  /** Somebody looks, or the network is back: do not make them wait for the back-off. */
  function hurry(): void {
    if (retry !== undefined && !document.hidden) open()
  }

  document.addEventListener('visibilitychange', hurry, { signal })
  window.addEventListener('online', hurry, { signal })
  signal.addEventListener('abort', () => {
    clearInterval(watchdog)
    clearTimeout(retry)
    socket?.close()
  })
  open()

  return {
    send(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
    },
  }
}
