import type { Sysfs } from '../sysfs.js'
import type { CpuClock } from './board-state.js'
import { createRenewed, FIND_MS } from './renewed.js'

export interface Clocks {
  /** Of every group of processors that is on. Governors and limits are read once a minute. Never rejects. */
  read(): Promise<CpuClock[]>
}

interface Policy extends Omit<CpuClock, 'hertz'> {
  /** Tells kHz; undefined if this kernel does not. */
  readonly frequency: string | undefined
}

export function createClocks(sysfs: Sysfs, findMs = FIND_MS): Clocks {
  const policies = createRenewed(find, findMs)

  async function find(): Promise<Policy[]> {
    const found: Policy[] = []
    for (const folder of await sysfs.list('sys/devices/system/cpu/cpufreq', /^policy\d+$/)) {
      const frequency = `${folder}/scaling_cur_freq`
      const tells = (await sysfs.number(frequency)) !== undefined
      const governor = (await sysfs.text(folder, 'scaling_governor')) || null
      const kilohertz = await sysfs.number(folder, 'scaling_max_freq')
      if (!tells && governor === null && kilohertz === undefined) continue
      found.push({
        name: folder.slice(folder.lastIndexOf('/') + 1),
        governor,
        maxHertz: kilohertz === undefined ? null : kilohertz * 1000,
        frequency: tells ? frequency : undefined,
      })
    }
    return found
  }

  function hertz(frequency: string | undefined): number | null {
    if (frequency === undefined) return null
    const kilohertz = sysfs.numberNow(frequency)
    if (kilohertz === undefined) policies.expire()
    return kilohertz === undefined ? null : kilohertz * 1000
  }

  return {
    read: async () =>
      (await policies.get()).map(({ name, governor, maxHertz, frequency }) => ({
        name,
        governor,
        hertz: hertz(frequency),
        maxHertz,
      })),
  }
}
