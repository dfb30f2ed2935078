import { type Backoff, backoff } from '../../lib/backoff.js'
import { monotonicMs } from '../../lib/clock.js'

export interface ChoreOptions {
  /** Does all that is to do. */
  readonly work: () => Promise<void>
  /** Milliseconds from one beginning to the next, at least. */
  readonly everyMs: number
  readonly onError: (error: unknown) => void
  /** How long to wait after failures. */
  readonly waits?: Backoff
}

/** Work that comes up again and again and is done in the background, never twice at a time, and tried again until it succeeds. */
export interface Chore {
  /** There is something to do. */
  want(): void
  /** Does it now. Settles when it was done or has failed; never rejects, not to be called while it is being done. */
  run(): Promise<void>
  /** Does it a last time. Never rejects. */
  close(): Promise<void>
}

export function createChore({ work, everyMs, onError, waits = backoff() }: ChoreOptions): Chore {
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let wanted = false
  let closed = false
  let begunAt = Number.NEGATIVE_INFINITY
  let wellSince = 0
  let failing = true

  function later(ms: number): void {
    timer = setTimeout(() => void run(), ms)
  }

  async function run(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    wanted = false
    begunAt = monotonicMs()
    running = work().then(succeeded, failed)
    await running
  }

  function succeeded(): void {
    running = undefined
    if (failing) wellSince = monotonicMs()
    failing = false
    if (wanted) want()
  }

  function failed(error: unknown): void {
    running = undefined
    const wellFor = failing ? 0 : monotonicMs() - wellSince
    failing = true
    onError(error)
    if (!closed) later(waits.next(wellFor))
  }

  function want(): void {
    wanted = true
    if (closed || running || timer) return
    later(Math.max(0, begunAt + everyMs - monotonicMs()))
  }

  return {
    want,
    run,
    async close() {
      if (closed) return running
      closed = true
      clearTimeout(timer)
      await running
      await run()
    },
  }
}
