import type { CameraEvent } from '../../events/event.js'
import { parseJson } from '../client/guards.js'
import { isEventChange } from './event-guards.js'

const RETRY_MS = 15_000
export interface EventStreamOptions {
  readonly onEvent: (event: CameraEvent) => void
  /** Something may have been missed: what is listed must be asked for anew. */
  readonly onGap: () => void
  readonly signal: AbortSignal
}

export interface EventStreamReader {
  /** Connects anew: the line may be dead though nobody said so. */
  restart(): void
  /** For good. */
  stop(): void
}

/** Follows `/api/events/stream` while somebody looks. The browser connects anew by itself unless the service refused. */
export function followEvents({ onEvent, onGap, signal }: EventStreamOptions): EventStreamReader {
  let source: EventSource | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let stopped = false

  function close(): void {
    clearTimeout(retry)
    source?.close()
    source = undefined
  }

  function open(): void {
    close()
    if (stopped || document.hidden) return
    const ours = new EventSource('/api/events/stream')
    source = ours
    ours.addEventListener('open', onGap)
    ours.addEventListener('gap', onGap)
    for (const type of ['start', 'update', 'end']) ours.addEventListener(type, hear)
    ours.addEventListener('error', () => {
      if (ours !== source || ours.readyState !== EventSource.CLOSED) return
      // Refused: whether there are events at all is told by the list.
      onGap()
      if (!stopped) retry = setTimeout(open, RETRY_MS)
    })
  }

  function hear({ data }: MessageEvent<unknown>): void {
    const change = typeof data === 'string' ? parseJson(data) : undefined
    if (isEventChange(change)) onEvent(change.event)
  }

  function stop(): void {
    stopped = true
    close()
  }

  document.addEventListener('visibilitychange', open, { signal })
  signal.addEventListener('abort', stop)
  open()
  return { restart: open, stop }
}
