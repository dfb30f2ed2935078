import { sleep } from '../../lib/sleep.js'
import type { BoardState } from './board-state.js'
import type { BoardReader } from './state.js'

/** Chips warm up in seconds. */
const EVERY_MS = 2000

const UNKNOWN: BoardState = {
  celsius: null,
  throttled: null,
  underVoltage: { now: null, ever: null },
  firmware: null,
  clocks: [],
  overCurrent: [],
  powerMode: null,
  gpu: null,
  pressure: null,
  memory: null,
}

/** Reads the board's state every two seconds until `signal` aborts; returns the newest, which tells nothing before the first. */
export function watchBoard(
  reader: BoardReader,
  signal: AbortSignal,
  everyMs = EVERY_MS,
): () => BoardState {
  let state = UNKNOWN

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      state = await reader.read()
      await sleep(everyMs, signal).catch(() => {})
    }
  }

  void watch()
  return () => state
}
