import { SquintClientError } from './client-error.js'

/** Seconds to wait before the first new tries, and before all later ones. */
const BACKOFF_S = [1, 2, 5]
const LONGEST_S = 10
/** The service sends the cameras' states every 2 s: this much silence means that the line is dead though nobody said so (Wi-Fi gone, plug pulled). */
const SILENCE_MS = 8000
const CONNECTING = 0
const OPEN = 1

/** What is needed of a WebSocket: the browser's, Node's own and that of the package `ws` all have it. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(text: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close' | 'error', listener: (event: object) => void): void
}

export interface Loss {
  /** When the next try comes, on performance.now()'s clock. */
  readonly retryAt: number
  readonly reason: SquintClientError
}

export interface LineOptions {
  open(): WebSocketLike
  onText(text: string): void
  onBinary(bytes: ArrayBuffer): void
  onLost(loss: Loss): void
  readonly signal: AbortSignal
}

export interface Line {
  /** Sends if connected; otherwise the message is dropped, as everything is asked anew on a new line. */
  send(message: object): void
  /** The service has greeted: the next waits are short again. */
  healthy(): void
  /** Does not wait for the next try. */
  hurry(): void
}

/** Keeps a WebSocket to the service open for as long as `signal` lives. */
export function createLine(options: LineOptions): Line {
  const { signal } = options
  let socket: WebSocketLike | undefined
  let failures = 0
  let heardAt = 0
  let fault = 'the line broke'
  let retry: ReturnType<typeof setTimeout> | undefined

  function open(): void {
    clearTimeout(retry)
    retry = undefined
    const ours = options.open()
    ours.binaryType = 'arraybuffer'
    socket = ours
    heardAt = performance.now()
    ours.addEventListener('message', ({ data }) => {
      if (ours !== socket) return
      heardAt = performance.now()
      if (data instanceof ArrayBuffer) options.onBinary(data)
      else if (typeof data === 'string') options.onText(data)
    })
    ours.addEventListener('error', event => {
      // browsers do not tell; `ws` does
      if ('message' in event && ours === socket) fault = String(event.message)
      // Node's own (undici 6) says no more than this when it cannot connect
      if (ours.readyState === CONNECTING) lose(ours, 'LOST', fault)
    })
    ours.addEventListener('close', event => {
      if ('reason' in event && event.reason !== '') fault = String(event.reason)
      lose(ours, 'LOST', fault)
    })
  }

  function lose(which: WebSocketLike, code: string, message: string): void {
    if (which !== socket || signal.aborted) return
    socket = undefined
    fault = 'the line broke'
    const seconds = BACKOFF_S[failures] ?? LONGEST_S
    failures += 1
    retry = setTimeout(open, seconds * 1000)
    const reason = new SquintClientError(code, message)
    options.onLost({ retryAt: performance.now() + seconds * 1000, reason })
  }

  // may throw, and must then leave nothing behind
  open()
  const watchdog = setInterval(() => {
    if (!socket || performance.now() - heardAt < SILENCE_MS) return
    const silent = socket
    // close() waits for an answer that a dead line never gives: give the socket up first.
    lose(silent, 'SILENT', `the service has said nothing for ${SILENCE_MS / 1000} s`)
    silent.close()
  }, 1000)

  signal.addEventListener('abort', () => {
    clearInterval(watchdog)
    clearTimeout(retry)
    socket?.close()
    socket = undefined
  })

  return {
    send(message) {
      if (socket?.readyState === OPEN) socket.send(JSON.stringify(message))
    },
    healthy() {
      failures = 0
    },
    hurry() {
      if (retry !== undefined && !signal.aborted) open()
    },
  }
}
