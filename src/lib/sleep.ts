import { setTimeout as after } from 'node:timers/promises'

/** Waits `ms` milliseconds. Rejects with an AbortError, and leaves no timer behind, once `signal` aborts. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await after(ms, undefined, { signal })
}
