import { monotonicMs } from '../lib/clock.js'

/** Joules above idle, all and lately, and the frames that they were spent on. */
export interface Spending {
  /** @param millijoules above idle @param frames that have ended with them */
  add(millijoules: number, frames: number): void
  /** So far. */
  joules(): number
  /** Means over the last seconds. */
  rates(): { readonly watts: number; readonly fps: number }
}

export interface SpendingOptions {
  /** That rates are taken over, 1 at least. */
  readonly rateSeconds?: number
  /** Monotonic milliseconds. */
  now?(): number
}

/**
 * Rates are means over the last seconds, or over all since the start if that is less, but over one at least. Counted from the
 * first frame among them, a slow camera would look faster than it is: that frame would count, the wait before it would not.
 */
export function createSpending(options: SpendingOptions = {}): Spending {
  const { rateSeconds = 10, now = monotonicMs } = options
  const born = now()
  const recent: { readonly at: number; readonly joules: number; readonly frames: number }[] = []
  let joules = 0

  function forget(at: number): void {
    while (recent.length > 0 && at - recent[0]!.at >= rateSeconds * 1000) recent.shift()
  }

  return {
    add(millijoules, frames) {
      const at = now()
      joules += millijoules / 1000
      recent.push({ at, joules: millijoules / 1000, frames })
      forget(at)
    },
    joules: () => joules,
    rates() {
      const at = now()
      forget(at)
      const seconds = Math.max(1, Math.min(rateSeconds, (at - born) / 1000))
      return {
        watts: recent.reduce((sum, each) => sum + each.joules, 0) / seconds,
        fps: recent.reduce((sum, { frames }) => sum + frames, 0) / seconds,
      }
    },
  }
}
