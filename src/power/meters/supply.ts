import type { Sysfs } from '../sysfs.js'
import { createFileMeter, type Plan, silent, type Watts } from './file-meter.js'
import { answers, type Line, MICROWATT, sum, wattsOf } from './lines.js'
import type { Probe, Rail } from './meter.js'

/** Our judgement: fuel gauges and charger chips are made to tell when a battery is empty. */
const ACCURACY = 0.05
const SUPPLIES = 'sys/class/power_supply'
const BATTERY = /^(Battery|UPS)$/
/** Volts and amperes of these are what the two ends of the cable agreed on, not what flows. */
const CONTRACT = /\/(ucsi|tcpm)-source-psy/
/** Microvolts times microamperes. */
const PICOWATT = 1e-12

/** A supply that measures. */
interface Supply {
  readonly isBattery: boolean
  /** Says whether current flows, and which way. */
  readonly state: string
  readonly line: Line
}

/** A supply with a measuring charger, or a battery while it discharges. */
export const probeSupply: Probe = ({ sysfs }) =>
  createFileMeter(sysfs, async (): Promise<Plan | undefined> => {
    const supplies = await suppliesOf(sysfs)
    if (supplies.length === 0) return undefined
    return {
      name: 'supply',
      scope: 'board',
      accuracy: ACCURACY,
      source: supplies.map(({ line }) => `/${SUPPLIES}/${line.name}`).join(', '),
      warnings: [],
      // the board, whatever feeds it
      counts: [],
      files: supplies.flatMap(({ state, line }) => [state, ...line.files]),
      tell: texts => tellSupplies(supplies, texts),
    }
  })

/** How full the first battery of the machine itself is, 0..1; undefined: there is none, or it cannot tell. */
export async function readCharge(sysfs: Sysfs): Promise<number | undefined> {
  const folders = await systemSupplies(sysfs)
  const battery = folders.find(({ type }) => BATTERY.test(type))
  const percent = battery && (await sysfs.number(battery.folder, 'capacity'))
  return percent !== undefined && percent >= 0 && percent <= 100 ? percent / 100 : undefined
}

/** All but those of mice and headsets. */
async function systemSupplies(sysfs: Sysfs): Promise<{ folder: string; type: string }[]> {
  const supplies: { folder: string; type: string }[] = []
  for (const folder of await sysfs.list(SUPPLIES, /./)) {
    const type = await sysfs.text(folder, 'type')
    const scope = await sysfs.text(folder, 'scope')
    if (type !== undefined && scope !== 'Device') supplies.push({ folder, type })
  }
  return supplies
}

async function suppliesOf(sysfs: Sysfs): Promise<Supply[]> {
  const supplies: Supply[] = []
  for (const { folder, type } of await systemSupplies(sysfs)) {
    if (CONTRACT.test(folder)) continue
    const isBattery = BATTERY.test(type)
    const state = `${folder}/${isBattery ? 'status' : 'online'}`
    const name = folder.slice(SUPPLIES.length + 1)
    const power: Line = { name, files: [`${folder}/power_now`], unit: MICROWATT }
    const product = [`${folder}/voltage_now`, `${folder}/current_now`]
    const line = (await answers(sysfs, [power])) ? power : { name, files: product, unit: PICOWATT }
    if (await answers(sysfs, [line])) supplies.push({ isBattery, state, line })
  }
  return supplies
}

/** What flows in, less what charges a battery. */
function tellSupplies(supplies: readonly Supply[], texts: readonly (string | undefined)[]): Watts {
  const rails: Rail[] = []
  const idle: string[] = []
  let charging = 0
  let from = 0
  for (const { isBattery, state, line } of supplies) {
    const [said = 'a file that cannot be read', ...values] = texts.slice(from)
    from += 1 + line.files.length
    // some drivers call the current of a battery that discharges negative
    const watts = () => Math.abs(wattsOf(line, values))
    if (isBattery ? said === 'Discharging' : Number(said) > 0) {
      rails.push({ name: line.name, watts: watts() })
    } else if (said === 'Charging') {
      charging += watts()
    }
    idle.push(`/${state}: expected ${isBattery ? 'Discharging' : '1'}, found ${said}`)
  }
  if (rails.length === 0) throw silent(`${idle.join('; ')}. ${WHY}`)
  return { watts: sum(rails) - charging, rails }
}

const WHY = 'A supply tells what the board draws only while it feeds it.'
