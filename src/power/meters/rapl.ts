import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { monotonicMs } from '../../lib/clock.js'
import { numberOf, type Sysfs, type Unreadable } from '../sysfs.js'
import { createFileMeter, type Plan, silent } from './file-meter.js'
import { numberIn, sum } from './lines.js'
import type { Probe, Rail } from './meter.js'

/** Our judgement, for the processor as a whole. */
const ACCURACY = 0.05
const POWERCAP = 'sys/class/powercap'
/** Of packages and their parts; intel-rapl-mmio counts the same joules once more. */
const ZONE = /^intel-rapl:\d+(:\d+)?$/
/** The counters move once in a millisecond, so the mean over less is noise. */
const SHORTEST_MS = 20

/** One counter of energy. */
interface Zone {
  readonly file: string
  /** As the processor calls it: package-0, core, uncore, dram, psys. */
  readonly name: string
  /** Its joules are in no other zone's but that of psys, the whole machine. */
  readonly isPackage: boolean
}

interface Counter extends Zone {
  /**
   * Mean since the last call that was long enough ago.
   * @throws SquintError METER_SILENT if that cannot be told
   */
  watts(text: string | undefined): number
}

/** The counters of an x86 processor. Watts are the mean since the last reading, or since it was found. */
export const probeRapl: Probe = ({ sysfs }) =>
  createFileMeter(sysfs, async (): Promise<Plan | undefined> => {
    const zones = await zonesOf(sysfs)
    const found = await Promise.all(zones.map(zone => openCounter(sysfs, zone)))
    const counters = found.filter(counter => counter !== undefined)
    const packages = zones.filter(zone => zone.isPackage)
    const counted = counters.filter(counter => counter.isPackage)
    if (packages.length === 0 || counted.length < packages.length) return undefined
    await sleep(SHORTEST_MS)
    return {
      name: 'rapl',
      scope: 'soc',
      accuracy: ACCURACY,
      source: packages.map(({ file }) => `/${file}`).join(', '),
      warnings: [],
      counts: packages.map(({ name }) => name),
      files: counters.map(({ file }) => file),
      tell(texts) {
        const total: Rail[] = []
        const parts: Rail[] = []
        for (const [index, counter] of counters.entries()) {
          const text = texts[index]
          if (!counter.isPackage && numberOf(text) === undefined) continue
          const rails = counter.isPackage ? total : parts
          rails.push({ name: counter.name, watts: counter.watts(text) })
        }
        return { watts: sum(total), rails: [...total, ...parts] }
      },
    }
  })

/** May the energy of all packages be read? Since 2020 kernels let only root do so: denied. */
export async function raplAccess(sysfs: Sysfs): Promise<'readable' | Unreadable> {
  const packages = (await zonesOf(sysfs)).filter(({ isPackage }) => isPackage)
  if (packages.length === 0) return 'absent'
  const why = await Promise.all(packages.map(({ file }) => sysfs.unreadable(file)))
  return why.find(each => each !== undefined) ?? 'readable'
}

async function zonesOf(sysfs: Sysfs): Promise<Zone[]> {
  const folders = await sysfs.list(POWERCAP, ZONE)
  const names = await Promise.all(folders.map(folder => sysfs.text(folder, 'name')))
  const zones = folders.map((folder, index) => {
    const name = names[index] ?? folder.slice(POWERCAP.length + 1)
    return { folder, name, isPackage: name.startsWith('package') }
  })
  const several = zones.filter(zone => zone.isPackage).length > 1
  return zones.map(({ folder, name, isPackage }) => {
    const whole = zones.find(zone => zone.isPackage && folder.startsWith(`${zone.folder}:`))
    const full = several && whole ? `${whole.name} ${name}` : name
    return { file: `${folder}/energy_uj`, name: full, isPackage }
  })
}

/** undefined: it does not answer. */
async function openCounter(sysfs: Sysfs, zone: Zone): Promise<Counter | undefined> {
  const range = await sysfs.number(dirname(zone.file), 'max_energy_range_uj')
  const first = await sysfs.number(zone.file)
  if (first === undefined) return undefined
  let before = { at: monotonicMs(), microjoules: first }
  return {
    ...zone,
    watts(text) {
      const microjoules = numberIn(zone.file, text)
      const last = before
      const at = monotonicMs()
      if (at - last.at >= SHORTEST_MS) before = { at, microjoules }
      const restart = microjoules < last.microjoules ? range : 0
      if (restart === undefined) {
        throw silent(`/${zone.file}: expected at least ${last.microjoules}, found ${microjoules}`)
      }
      const spent = microjoules - last.microjoules + restart
      return spent / 1000 / (at - last.at)
    },
  }
}
