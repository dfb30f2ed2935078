import type { Sysfs } from '../sysfs.js'
import { createRenewed, FIND_MS } from './renewed.js'

const INTEL_COUNT = 'sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count'

export interface Slowdown {
  /** Whether the kernel or the processor lowers the clock because of heat; null: cannot tell. Never rejects. */
  read(): Promise<boolean | null>
}

/**
 * The kernel's governor has a state for every clock that it holds down, as on a Jetson. Intel's processors count how
 * often they were slowed down instead, which tells from the second reading on.
 */
export function createSlowdown(sysfs: Sysfs, findMs = FIND_MS): Slowdown {
  const files = createRenewed(find, findMs)
  let counted: number | undefined

  async function find(): Promise<{ states: string[]; count: string | undefined }> {
    const states: string[] = []
    for (const device of await sysfs.list('sys/class/thermal', /^cooling_device/)) {
      if (!/cpufreq/.test((await sysfs.text(device, 'type')) ?? '')) continue
      const state = `${device}/cur_state`
      if ((await sysfs.number(state)) !== undefined) states.push(state)
    }
    const counts = (await sysfs.number(INTEL_COUNT)) !== undefined
    return { states, count: counts ? INTEL_COUNT : undefined }
  }

  function readNow(file: string): number | undefined {
    const value = sysfs.numberNow(file)
    if (value === undefined) files.expire()
    return value
  }

  return {
    async read() {
      const { states, count } = await files.get()
      const held = states.map(readNow).filter(state => state !== undefined)
      if (held.length > 0) return Math.max(...held) > 0
      const before = counted
      counted = count === undefined ? undefined : readNow(count)
      return before === undefined || counted === undefined ? null : counted > before
    },
  }
}
