import { monotonicMs } from '../lib/clock.js'

/** Enough for 12 a second over the whole window; above that the window is shorter. */
const KEPT = 64

export interface RateMeter {
  /** Counts one picture now. */
  mark(): void
  /** Pictures per second over the last `windowMs`; falls towards 0 while none arrive. */
  perSecond(): number
}

/** Measures how often something happens, in bounded memory. */
export function rateMeter({ windowMs = 5000 } = {}): RateMeter {
  const times: number[] = []
  return {
    mark() {
      times.push(monotonicMs())
      if (times.length > KEPT) times.shift()
    },
    perSecond() {
      const now = monotonicMs()
      const recent = times.filter(time => now - time < windowMs)
      const spanMs = now - Math.min(now, ...recent)
      return spanMs > 0 ? ((recent.length - 1) * 1000) / spanMs : 0
    },
  }
}
