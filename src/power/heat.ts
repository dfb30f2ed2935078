import { sleep } from '../lib/sleep.js'
import type { Heat, Thermometer } from './board.js'

/** Chips warm up in seconds. */
const EVERY_MS = 2000

/** Reads the thermometer every two seconds until `signal` aborts; returns the newest reading. */
export function watchHeat(
  thermometer: Thermometer,
  signal: AbortSignal,
  everyMs = EVERY_MS,
): () => Heat {
  let heat: Heat = { celsius: null, throttled: null }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      heat = await thermometer.read()
      await sleep(everyMs, signal).catch(() => {})
    }
  }

  void watch()
  return () => heat
}
