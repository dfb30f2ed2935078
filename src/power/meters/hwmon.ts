import type { Sysfs } from '../sysfs.js'
import { type Line, MICROWATT } from './lines.js'

/** One chip as the kernel's hardware monitoring lists it. */
export interface Chip {
  /** hwmonN: another number after the next start. */
  readonly folder: string
  readonly name: string
}

export async function hwmonChips(sysfs: Sysfs, name: RegExp): Promise<Chip[]> {
  const chips: Chip[] = []
  for (const folder of await sysfs.list('sys/class/hwmon', /^hwmon\d+$/)) {
    const called = (await sysfs.text(folder, 'name')) ?? ''
    if (name.test(called)) chips.push({ folder, name: called })
  }
  return chips
}

/** Rails that have not been connected. */
export const NOT_CONNECTED = /\bNC\b/

/** Channels 1 to 3 of an INA3221 are supply lines; 4 to 6 are the shunts' voltages, 7 is their sum. */
export async function ina3221Lines(sysfs: Sysfs, folder: string): Promise<Line[]> {
  const lines: Line[] = []
  for (const current of await sysfs.list(folder, /^curr[123]_input$/)) {
    const channel = current.slice(folder.length + '/curr'.length, -'_input'.length)
    const name = (await sysfs.text(folder, `in${channel}_label`)) || `channel ${channel}`
    const enabled = await sysfs.number(folder, `in${channel}_enable`)
    if (enabled === 0 || NOT_CONNECTED.test(name)) continue
    lines.push({ name, files: [`${folder}/in${channel}_input`, current], unit: MICROWATT })
  }
  return lines
}

/** The rail that feeds a whole Jetson module: the others lie behind it. */
export const JETSON_INPUT = /^(POM_5V_IN|VDD_IN|VIN)$/
/** Names that NVIDIA's device trees give to rails. */
const JETSON_RAIL = /^(POM_|VDD|VIN_SYS|SYS5V|(CPU|GPU|SOC|CV)$)/

/** Is it the board's own sensor, as a Jetson has, and not one that somebody has wired up? */
export async function belongsToJetson(sysfs: Sysfs, lines: readonly Line[]): Promise<boolean> {
  if (!lines.some(line => JETSON_RAIL.test(line.name))) return false
  const model = await sysfs.text('proc/device-tree/model')
  return model === undefined || /nvidia|jetson/i.test(model)
}
