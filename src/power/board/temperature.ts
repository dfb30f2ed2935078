import type { Sysfs } from '../sysfs.js'
import { createRenewed, FIND_MS } from './renewed.js'

/** Thermal zones of the processor or the chip around it; others (PMIC, fan, disk, radio) have constants or heat of their own. */
const CHIP_ZONE = /cpu|gpu|soc|core|pkg|^package|^tj/i
/** Sensors that are switched off say -256. */
const PLAUSIBLE = { low: -40, high: 150 }

export interface Thermometer {
  /** Degrees Celsius of the hottest sensor on the chip; null: cannot tell. Never rejects. */
  read(): Promise<number | null>
}

export function createThermometer(sysfs: Sysfs, findMs = FIND_MS): Thermometer {
  const sensors = createRenewed(find, findMs)

  async function find(): Promise<string[]> {
    const found: string[] = []
    for (const zone of await sysfs.list('sys/class/thermal', /^thermal_zone/)) {
      if (!CHIP_ZONE.test((await sysfs.text(zone, 'type')) ?? '')) continue
      // a part that is off cannot be read
      if ((await sysfs.number(zone, 'temp')) !== undefined) found.push(`${zone}/temp`)
    }
    return found
  }

  return {
    async read() {
      const readings: number[] = []
      for (const sensor of await sensors.get()) {
        const thousandths = sysfs.numberNow(sensor)
        if (thousandths === undefined) sensors.expire()
        const degrees = (thousandths ?? Number.NaN) / 1000
        if (degrees > PLAUSIBLE.low && degrees < PLAUSIBLE.high) readings.push(degrees)
      }
      return readings.length === 0 ? null : Math.max(...readings)
    },
  }
}
