export interface BackoffOptions {
  /** Milliseconds to wait after the first, second, ... failure; the last one repeats. */
  readonly stepsMs?: readonly [number, ...number[]]
  /** Share of each step, 0..1, that chance adds or takes away, so that cameras that failed together do not return together. */
  readonly jitter?: number
  /** Milliseconds of good work after which the next failure counts as the first one again. */
  readonly healthyMs?: number
}

export interface Backoff {
  /** Milliseconds to wait now, after a try that worked well for `healthyForMs` (0 if it never did). */
  next(healthyForMs: number): number
}

/** A ladder of growing waits between tries of something that keeps failing. Never so long that what is well again is not found within half a minute. */
export function backoff(options: BackoffOptions = {}): Backoff {
  const { stepsMs = [1000, 5000, 10_000, 20_000], jitter = 0.1, healthyMs = 60_000 } = options
  let rung = 0
  return {
    next(healthyForMs) {
      if (healthyForMs >= healthyMs) rung = 0
      const step = stepsMs[Math.min(rung, stepsMs.length - 1)]!
      rung += 1
      return step * (1 + jitter * (2 * Math.random() - 1))
    },
  }
}
