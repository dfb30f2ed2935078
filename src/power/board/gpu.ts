import type { Sysfs } from '../sysfs.js'
import type { BoardState } from './board-state.js'
import { createRenewed, FIND_MS } from './renewed.js'

/** As the device tree calls it: gpu, or a Tegra's by its chip (gm20b, gp10b, gv11b, ga10b). */
const GPU_NODE = /gpu|^g[a-z]\d\d[a-z]$/
/** Where Jetsons have it that list no such device. */
const FIXED = ['sys/devices/gpu.0', 'sys/devices/platform/gpu.0']

export interface Gpu {
  /** Never rejects. */
  read(): Promise<BoardState['gpu']>
}

export function createGpu(sysfs: Sysfs, findMs = FIND_MS): Gpu {
  const files = createRenewed(find, findMs)

  /** Some Jetsons list their GPU only minutes after the boot. */
  async function find(): Promise<{ load?: string | undefined; frequency?: string | undefined }> {
    for (const entry of await sysfs.list('sys/class/devfreq', /./)) {
      if (!GPU_NODE.test((await sysfs.text(entry, 'device/of_node/name')) ?? '')) continue
      return {
        load: await answering(`${entry}/device/load`),
        frequency: await answering(`${entry}/cur_freq`),
      }
    }
    const [first, second] = await Promise.all(FIXED.map(device => answering(`${device}/load`)))
    return { load: first ?? second }
  }

  async function answering(file: string): Promise<string | undefined> {
    return (await sysfs.number(file)) === undefined ? undefined : file
  }

  function readNow(file: string | undefined): number | null {
    if (file === undefined) return null
    const value = sysfs.numberNow(file)
    if (value === undefined) files.expire()
    return value ?? null
  }

  return {
    async read() {
      const { load, frequency } = await files.get()
      const perMille = readNow(load)
      const hertz = readNow(frequency)
      if (perMille === null && hertz === null) return null
      return { load: perMille === null ? null : perMille / 1000, hertz }
    },
  }
}
