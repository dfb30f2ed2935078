import type { Sysfs } from '../sysfs.js'
import { createFileMeter, type Plan } from './file-meter.js'
import { belongsToJetson, type Chip, hwmonChips, ina3221Lines } from './hwmon.js'
import { answers, chooseLines, type Line, MICROWATT, readLines } from './lines.js'
import type { Probe } from './meter.js'

/** Our judgement: a shunt of 1 %, its solder joints, and the chip's own gain. */
const ACCURACY = 0.02
const KNOWN = /^ina(219|226|238|260|3221)$/
/** What the driver believes unless it is told; INA219 breakouts carry ten times as much. */
const DEFAULT_SHUNT_MICROOHMS = 10_000
/** How far power may be from volts times amperes: registers are read one after the other, and small powers come in steps. */
const AGREEMENT = { relative: 0.05, watts: 0.02 }
const ATTEMPTS = 3

interface Sensor {
  readonly chip: Chip
  readonly lines: readonly Line[]
}

/** A sensor that somebody has wired into the board's supply: INA219, 226, 238, 260 or 3221. */
export const probeIna: Probe = ({ sysfs, rails }) =>
  createFileMeter(sysfs, async (): Promise<Plan | undefined> => {
    const sensors = await externalSensors(sysfs)
    const lines = sensors.flatMap(sensor => sensor.lines)
    if (!(await answers(sysfs, lines))) return undefined
    const chosen = chooseLines(lines, rails)
    const counted = sensors.filter(sensor => sensor.lines.some(line => chosen.total.has(line.name)))
    const chips = counted.map(sensor => sensor.chip)
    const doubts = await Promise.all(chips.map(chip => doubtsOf(sysfs, chip)))
    const sources = await Promise.all(chips.map(chip => sourceOf(sysfs, chip)))
    return {
      name: chips[0]!.name,
      scope: 'board',
      accuracy: ACCURACY,
      source: sources.join(', '),
      warnings: [...chosen.warnings, ...doubts.flat()],
      ...readLines(lines, chosen.total),
    }
  })

async function externalSensors(sysfs: Sysfs): Promise<Sensor[]> {
  const sensors: Sensor[] = []
  for (const chip of await hwmonChips(sysfs, KNOWN)) {
    if (chip.name !== 'ina3221') {
      sensors.push({ chip, lines: [await onlyLine(sysfs, chip)] })
      continue
    }
    const lines = await ina3221Lines(sysfs, chip.folder)
    if (!(await belongsToJetson(sysfs, lines))) sensors.push({ chip, lines })
  }
  return distinct(sysfs, sensors)
}

async function onlyLine(sysfs: Sysfs, { folder, name }: Chip): Promise<Line> {
  const [power] = await sysfs.list(folder, /^power1_input$/)
  return {
    name: (await sysfs.text(folder, 'label')) || name,
    // in0 is the shunt's voltage
    files: power ? [power] : [`${folder}/in1_input`, `${folder}/curr1_input`],
    unit: MICROWATT,
  }
}

/** Rails of the same name get their chip's address on the bus, which stays the same, or else its number. */
async function distinct(sysfs: Sysfs, sensors: readonly Sensor[]): Promise<Sensor[]> {
  const names = sensors.flatMap(({ lines }) => lines.map(line => line.name))
  const twice = (name: string) => names.indexOf(name) !== names.lastIndexOf(name)
  const renamed = sensors.map(async ({ chip, lines }) => {
    const device = (await sysfs.resolve(chip.folder, 'device')) ?? chip.folder
    const address = device.slice(device.lastIndexOf('/') + 1)
    const named = lines.map(line =>
      twice(line.name) ? { ...line, name: `${line.name} ${address}` } : line,
    )
    return { chip, lines: named }
  })
  return Promise.all(renamed)
}

async function sourceOf(sysfs: Sysfs, { folder, name }: Chip): Promise<string> {
  const files = await sysfs.list(folder, /^shunt[123]?_resistor$/)
  const microohms = await Promise.all(files.map(file => sysfs.number(file)))
  const shunts = microohms.map(shunt => (shunt === undefined ? 'unknown' : shunt / 1000))
  const stated = shunts.length > 0 ? `shunt ${shunts.join(', ')} mOhm` : 'shunt not stated'
  return `/${folder} (${name}${name === 'ina260' ? '' : `, ${stated}`})`
}

/** What speaks against the shunt that the driver believes in. */
async function doubtsOf(sysfs: Sysfs, { folder, name }: Chip): Promise<string[]> {
  const shunt = await sysfs.number(folder, 'shunt_resistor')
  const set = (microohms: string) => `echo ${microohms} | sudo tee /${folder}/shunt_resistor`
  const doubts: string[] = []
  if (name === 'ina219' && shunt === DEFAULT_SHUNT_MICROOHMS) {
    doubts.push(
      `The driver takes the shunt of the INA219 for its default of 10 mOhm; breakouts carry 100 mOhm, and then every reading is ten times too high. If yours does: ${set('100000')}`,
    )
  }
  if (shunt !== undefined && !(await agrees(sysfs, folder))) {
    doubts.push(
      `Power and volts times amperes of /${folder} differ by more than 5 %: look up the shunt's resistance and set it: ${set('MICROOHMS')}`,
    )
  }
  return doubts
}

/** Does power1 say what in1 times curr1 says? Asked several times: the chip may convert between two registers. */
async function agrees(sysfs: Sysfs, folder: string): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [power, millivolts, milliamperes] = await Promise.all(
      ['power1_input', 'in1_input', 'curr1_input'].map(file => sysfs.number(folder, file)),
    )
    // without all three there is nothing to compare
    if (power === undefined || millivolts === undefined || milliamperes === undefined) return true
    const difference = Math.abs(power - millivolts * milliamperes) * MICROWATT
    if (difference <= Math.max(AGREEMENT.watts, AGREEMENT.relative * power * MICROWATT)) return true
  }
  return false
}
