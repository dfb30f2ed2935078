import type { Result } from '../../events/result.js'

/** Results to look back on: of a second or two. */
const KEPT = 32

/** Finds the result of a frame, which comes before it or after it or not at all. */
export interface Pairing {
  put(result: Result): void
  /** The result of the frame; null if it has not come within so many milliseconds, or cannot come any more. */
  resultOf(frame: number, waitMs: number): Promise<Result | null>
}

export function createPairing(): Pairing {
  const results = new Map<number, Result>()
  let newest = 0
  let wake = (): void => undefined

  return {
    put(result) {
      const { id } = result.frame
      // a service that was started again counts from one
      if (id < newest) results.clear()
      newest = id
      results.set(id, result)
      const [oldest] = results.keys()
      if (results.size > KEPT && oldest !== undefined) results.delete(oldest)
      wake()
    },
    async resultOf(frame, waitMs) {
      const until = performance.now() + waitMs
      for (;;) {
        const left = until - performance.now()
        const result = results.get(frame)
        // results come in the order of their frames
        if (result !== undefined || newest > frame || left <= 0) return result ?? null
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
    },
  }
}
