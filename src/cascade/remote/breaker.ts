import type { Backoff } from '../../lib/backoff.js'

/** `closed`: it is asked; `open`: it is left alone; `half-open`: it is being tried. */
export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerOptions {
  /** How long to leave it alone after each failure in a row. */
  readonly waits: Backoff
  /** Monotonic milliseconds. */
  now(): number
  /** So many failures among the last `window` requests open it: a server that answers every other time is no use either. */
  readonly failures?: number
  readonly window?: number
}

/** Decides whether something that may be down is worth asking (Nygard 2007, Release It!, Circuit Breaker). */
export interface Breaker {
  state(): BreakerState
  /** True if it is open, and time to try: from then on it is half-open, until the caller tells how the trial went. */
  tries(): boolean
  /** How that trial went. */
  tried(well: boolean): void
  /** How a request went. What comes in late, when it is open already, changes nothing. */
  asked(well: boolean): void
}

/** It begins open, and may be tried at once: nothing is known yet. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { waits, now, failures = 3, window = 10 } = options
  let state: BreakerState = 'open'
  let retryAt = Number.NEGATIVE_INFINITY
  let closedAt = 0
  let outcomes: boolean[] = []

  function open(healthyForMs: number): void {
    state = 'open'
    retryAt = now() + waits.next(healthyForMs)
  }

  return {
    state: () => state,
    tries() {
      if (state !== 'open' || now() < retryAt) return false
      state = 'half-open'
      return true
    },
    tried(well) {
      if (!well) return open(0)
      state = 'closed'
      closedAt = now()
      outcomes = []
    },
    asked(well) {
      if (state !== 'closed') return
      outcomes = [...outcomes.slice(1 - window), well]
      if (outcomes.filter(outcome => !outcome).length >= failures) open(now() - closedAt)
    },
  }
}
