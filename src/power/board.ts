import { arch, cpus } from 'node:os'
import type { Sysfs } from './sysfs.js'

/** What this machine calls itself: the device tree's model on a board, else the processor's name. */
export async function boardName(sysfs: Sysfs): Promise<string> {
  const model = await sysfs.text('proc/device-tree/model')
  const [processor] = [...cpus().map(cpu => cpu.model.trim()), 'unknown processor']
  return model || `${processor} (${arch()})`
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

export function createThermometer(sysfs: Sysfs): Thermometer {
  let counted: number | undefined

  async function celsius(): Promise<number | null> {
    const readings: number[] = []
    for (const zone of await sysfs.list('sys/class/thermal', /^thermal_zone/)) {
      if (!CHIP_ZONE.test((await sysfs.text(zone, 'type')) ?? '')) continue
      const degrees = ((await sysfs.number(zone, 'temp')) ?? Number.NaN) / 1000
      if (degrees > PLAUSIBLE.low && degrees < PLAUSIBLE.high) readings.push(degrees)
    }
    return readings.length === 0 ? null : Math.max(...readings)
  }

  /** The Raspberry Pi's firmware says so itself, in hex. */
  async function cappedByFirmware(): Promise<boolean | null> {
    const chips = await sysfs.list('sys/devices/platform', /^soc/)
    const below = await Promise.all(chips.map(chip => sysfs.list(chip, /firmware$/)))
    for (const folder of [...chips, ...below.flat()]) {
      const bits = hexOf((await sysfs.text(folder, 'get_throttled')) ?? '')
      if (!Number.isNaN(bits)) return (bits & SLOWED_NOW) !== 0
    }
    return null
  }

  /** The kernel's own governor holds a clock down, as on a Jetson. */
  async function capped(): Promise<boolean | null> {
    const states: number[] = []
    for (const device of await sysfs.list('sys/class/thermal', /^cooling_device/)) {
      if (!/cpufreq/.test((await sysfs.text(device, 'type')) ?? '')) continue
      const state = await sysfs.number(device, 'cur_state')
      if (state !== undefined) states.push(state)
    }
    return states.length === 0 ? null : Math.max(...states) > 0
  }

  /** Intel's processors count how often they were throttled: it tells from the second reading on. */
  async function cappedSince(): Promise<boolean | null> {
    const file = 'sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count'
    const count = await sysfs.number(file)
    const before = counted
    counted = count
    return before === undefined || count === undefined ? null : count > before
  }

  return {
    async read() {
      const throttled = (await cappedByFirmware()) ?? (await capped()) ?? (await cappedSince())
      return { celsius: await celsius(), throttled }
    },
  }
}

/** With or without 0x; NaN if it is none. */
function hexOf(text: string): number {
  return text === '' ? Number.NaN : Number(`0x${text.replace(/^0x/, '')}`)
}
