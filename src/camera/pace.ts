import { monotonicMs } from '../lib/clock.js'
import { sleep } from '../lib/sleep.js'

/** Waits, each time it is called, for the next beat of `fps` per second. After a delay it goes on from now: no burst makes up for lost beats. */
export function pacer(fps: number, signal: AbortSignal): () => Promise<void> {
  const stepMs = 1000 / fps
  let due = monotonicMs()
  return async () => {
    due = Math.max(due + stepMs, monotonicMs())
    await sleep(due - monotonicMs(), signal)
  }
}

/** Says which pictures to let through so that at most `fps` per second pass. */
export function limiter(fps: number): () => boolean {
  const stepMs = 1000 / fps
  let due = monotonicMs()
  return () => {
    const now = monotonicMs()
    // Cameras tremble by some milliseconds; a tenth of a step early is on time.
    if (now < due - stepMs / 10) return false
    due = Math.max(due + stepMs, now)
    return true
  }
}
