import { setImmediate as turn } from 'node:timers/promises'
import { monotonicMs } from './clock.js'

/** For long work in small pieces: between them, the thread's other work has its turn. */
export interface Breath {
  /** The thread has been kept for long enough. */
  due(): boolean
  /** Lets the others have it. */
  take(): Promise<void>
}

export function createBreath(ms = 3): Breath {
  let since = monotonicMs()
  return {
    due: () => monotonicMs() - since >= ms,
    async take() {
      await turn()
      since = monotonicMs()
    },
  }
}
