import { readdir, readFile } from 'node:fs/promises'
import { arch, cpus } from 'node:os'
import { join } from 'node:path'

/** The only file that reads the kernel's descriptions of the hardware. */
const DEVICE_TREE_MODEL = '/proc/device-tree/model'

/** What this machine calls itself: the device tree's model on a board, else the processor's name. */
export async function boardName(path = DEVICE_TREE_MODEL): Promise<string> {
  const model = await readFile(path, 'utf8').catch(() => '')
  // the device tree ends its strings with NUL
  const [processor] = [...cpus().map(cpu => cpu.model.trim()), 'unknown processor']
  return model.replaceAll('\0', '').trim() || `${processor} (${arch()})`
}

/** Thermal zones of the processor or the chip around it; others (PMIC, fan, disk, radio) have constants or heat of their own. */
const CHIP_ZONE = /cpu|gpu|soc|core|pkg|^package|^tj/i
/** Sensors that are switched off say -256. */
const PLAUSIBLE = { low: -40, high: 150 }
/** Of the Raspberry Pi's firmware: frequency capped, throttled, soft temperature limit; now, not since boot. */
const SLOWED_NOW = 0b1110

/** How the board fares. */
export interface Heat {
  /** Of the hottest sensor on the chip; null: cannot tell. */
  readonly celsius: number | null
  /** The processor is being slowed down because of heat or supply; null: cannot tell. */
  readonly throttled: boolean | null
}

export interface Thermometer {
  /** Reads a handful of small files. Never rejects. */
  read(): Promise<Heat>
}

/** @param root where sysfs is mounted */
export function createThermometer({ root = '/sys' } = {}): Thermometer {
  const path = (...parts: string[]) => join(root, ...parts)
  let counted: number | undefined

  async function celsius(): Promise<number | null> {
    const zones = await listed(path('class/thermal'), /^thermal_zone/)
    const readings: number[] = []
    for (const zone of zones) {
      if (!CHIP_ZONE.test(await text(join(zone, 'type')))) continue
      const degrees = numberOf(await text(join(zone, 'temp'))) / 1000
      if (degrees > PLAUSIBLE.low && degrees < PLAUSIBLE.high) readings.push(degrees)
    }
    return readings.length === 0 ? null : Math.max(...readings)
  }

  /** The Raspberry Pi's firmware says so itself, in hex. */
  async function cappedByFirmware(): Promise<boolean | null> {
    const chips = await listed(path('devices/platform'), /^soc/)
    const below = await Promise.all(chips.map(chip => listed(chip, /firmware$/)))
    for (const folder of [...chips, ...below.flat()]) {
      const bits = hexOf(await text(join(folder, 'get_throttled')))
      if (!Number.isNaN(bits)) return (bits & SLOWED_NOW) !== 0
    }
    return null
  }

  /** The kernel's own governor holds a clock down, as on a Jetson. */
  async function capped(): Promise<boolean | null> {
    const states: number[] = []
    for (const device of await listed(path('class/thermal'), /^cooling_device/)) {
      if (!/cpufreq/.test(await text(join(device, 'type')))) continue
      const state = numberOf(await text(join(device, 'cur_state')))
      if (!Number.isNaN(state)) states.push(state)
    }
    return states.length === 0 ? null : Math.max(...states) > 0
  }

  /** Intel's processors count how often they were throttled: it tells from the second reading on. */
  async function cappedSince(): Promise<boolean | null> {
    const file = path('devices/system/cpu/cpu0/thermal_throttle/package_throttle_count')
    const count = numberOf(await text(file))
    const before = counted
    counted = count
    return before === undefined || Number.isNaN(count - before) ? null : count > before
  }

  return {
    async read() {
      const throttled = (await cappedByFirmware()) ?? (await capped()) ?? (await cappedSince())
      return { celsius: await celsius(), throttled }
    },
  }
}

/** Paths of what a folder holds under such names; none if there is no such folder. */
async function listed(folder: string, name: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(entry => name.test(entry)).map(entry => join(folder, entry))
}

/** What a file says; nothing if it cannot be read, as the sensors of a part that is off. */
async function text(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).trim()
}

/** NaN if it is none. */
function numberOf(text: string): number {
  return text === '' ? Number.NaN : Number(text)
}

/** With or without 0x; NaN if it is none. */
function hexOf(text: string): number {
  return Number(`0x${text.replace(/^0x/, '')}`)
}
