import { sleep } from '../lib/sleep.js'
import { readCharge } from './meters/supply.js'
import type { Sysfs } from './sysfs.js'

/** A battery loses a per cent in minutes. */
const EVERY_MS = 60_000

export interface BatteryOptions {
  readonly sysfs: Sysfs
  /** Of the full battery; undefined: nobody has said. */
  readonly wattHours: number | undefined
  readonly signal: AbortSignal
}

/** How long the battery lasts. */
export function createBattery({ sysfs, wattHours, signal }: BatteryOptions) {
  /** 0..1; full where the kernel does not tell. */
  let charge = 1

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      charge = (await readCharge(sysfs)) ?? 1
      await sleep(EVERY_MS, signal).catch(() => {})
    }
  }

  if (wattHours !== undefined) void watch()
  return {
    /** @param watts of the whole board; null: unknown. Returns null if it or the battery is unknown. */
    hours(watts: number | null): number | null {
      if (wattHours === undefined || watts === null || watts <= 0) return null
      return (wattHours * charge) / watts
    },
  }
}
