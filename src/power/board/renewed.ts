import { monotonicMs } from '../../lib/clock.js'

/** Something that is found out seldom and used often. */
export interface Renewed<T> {
  /** Rejects as what finds it out does. Not called again before it settles. */
  get(): Promise<T>
  /** It holds no more: the next `get` finds it out anew. */
  expire(): void
}

/** @param everyMs how long it holds */
export function createRenewed<T>(findOut: () => Promise<T>, everyMs: number): Renewed<T> {
  let known: { readonly value: T; readonly atMs: number } | undefined
  return {
    async get() {
      if (known === undefined || monotonicMs() - known.atMs >= everyMs) {
        known = { value: await findOut(), atMs: monotonicMs() }
      }
      return known.value
    },
    expire() {
      known = undefined
    },
  }
}

/** Sensors appear late, vanish and get other numbers, but seldom: they are looked for so often. */
export const FIND_MS = 60_000
