import type { Sysfs } from '../sysfs.js'
import { createFileMeter, type Plan } from './file-meter.js'
import { belongsToJetson, ina3221Lines, JETSON_INPUT, NOT_CONNECTED } from './hwmon.js'
import { answers, chooseLines, type Line, MILLIWATT, readLines } from './lines.js'
import type { Probe } from './meter.js'

/** Our judgement: shunts of 1 %, and steps of 40 uV and 8 mV. */
const ACCURACY = 0.05
const DRIVERS = 'sys/bus/i2c/drivers'
/** Bus and address: 1-0040. */
const CHIP = /^\d+-[0-9a-f]{4}$/

interface Sensor {
  readonly folder: string
  readonly lines: readonly Line[]
}

/** The INA3221 that every Jetson carries: iio in JetPack 4, hwmon since JetPack 5. */
export const probeJetson: Probe = ({ sysfs, rails }) =>
  createFileMeter(sysfs, async (): Promise<Plan | undefined> => {
    const sensors = [...(await iioSensors(sysfs)), ...(await hwmonSensors(sysfs))]
    const lines = sensors.flatMap(sensor => sensor.lines)
    if (!(await answers(sysfs, lines))) return undefined
    const input = lines.find(line => JETSON_INPUT.test(line.name))
    const chosen = chooseLines(lines, input ? [input.name] : rails)
    return {
      name: 'jetson',
      scope: input ? 'board' : 'soc',
      accuracy: ACCURACY,
      source: sensors.map(({ folder }) => `/${folder}`).join(', '),
      warnings: input?.name === 'VDD_IN' ? [CARRIER] : chosen.warnings,
      ...readLines(lines, chosen.total),
    }
  })

const CARRIER =
  'VDD_IN is the input of the Jetson module: what its carrier board draws besides (0.4 W on an idle Orin Nano) is not counted.'

/** JetPack 4: milliwatts, channels from 0. */
async function iioSensors(sysfs: Sysfs): Promise<Sensor[]> {
  const sensors: Sensor[] = []
  for (const chip of await sysfs.list(`${DRIVERS}/ina3221x`, CHIP)) {
    for (const folder of await sysfs.list(chip, /^iio[:_]device\d*$/)) {
      const lines: Line[] = []
      for (const label of await sysfs.list(folder, /^rail_name_[012]$/)) {
        const name = (await sysfs.text(label)) ?? 'NC'
        const file = `${folder}/in_power${label.slice(-1)}_input`
        if (!NOT_CONNECTED.test(name)) lines.push({ name, files: [file], unit: MILLIWATT })
      }
      if (lines.length > 0) sensors.push({ folder, lines })
    }
  }
  return sensors
}

/** JetPack 5 and 6: millivolts and milliamperes, channels from 1; some kernels nest the folder once more. */
async function hwmonSensors(sysfs: Sysfs): Promise<Sensor[]> {
  const sensors: Sensor[] = []
  for (const chip of await sysfs.list(`${DRIVERS}/ina3221`, CHIP)) {
    const outer = await sysfs.list(`${chip}/hwmon`, /^hwmon\d+$/)
    const inner = await Promise.all(outer.map(folder => sysfs.list(folder, /^hwmon\d+$/)))
    for (const folder of [...outer, ...inner.flat()]) {
      const lines = await ina3221Lines(sysfs, folder)
      if (await belongsToJetson(sysfs, lines)) sensors.push({ folder, lines })
    }
  }
  return sensors
}
