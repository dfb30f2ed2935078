import type { Result } from '../events/result.js'
import type { Output } from './output.js'

/** The newest result of each camera, for whoever asks or waits. */
export interface LatestResults extends Output {
  latest(camera: string): Result | undefined
  /** The next result of the camera, or the newest one again if none comes within `waitMs`; gives up early when `signal` aborts. */
  next(camera: string, waitMs: number, signal: AbortSignal): Promise<Result | undefined>
}

export function createLatestResults(): LatestResults {
  const results = new Map<string, Result>()
  const waiting = new Map<string, Set<() => void>>()

  function wake(camera: string): void {
    const waiters = waiting.get(camera)
    waiting.delete(camera)
    for (const waiter of waiters ?? []) waiter()
  }

  return {
    name: 'latest',
    publish(result) {
      results.set(result.camera, result)
      wake(result.camera)
    },
    latest: camera => results.get(camera),
    next(camera, waitMs, signal) {
      return new Promise(resolve => {
        const waiters = waiting.get(camera) ?? new Set()
        waiting.set(camera, waiters)
        const finish = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', finish)
          waiters.delete(finish)
          resolve(results.get(camera))
        }
        const timer = setTimeout(finish, signal.aborted ? 0 : waitMs)
        signal.addEventListener('abort', finish)
        waiters.add(finish)
      })
    },
    async close() {
      for (const camera of [...waiting.keys()]) wake(camera)
    },
  }
}
