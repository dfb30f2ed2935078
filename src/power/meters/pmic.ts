import { findTool } from '../../lib/child.js'
import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import { openVcgencmd } from '../vcgencmd.js'
import type { Meter, Rail, Surroundings } from './meter.js'

/** Rails of which the Pi 5's power chip tells both volts and amperes. */
const RAILS = [
  '3V7_WL_SW',
  '3V3_SYS',
  '1V8_SYS',
  'DDR_VDD2',
  'DDR_VDDQ',
  '1V1_SYS',
  '0V8_SW',
  'VDD_CORE',
  '3V3_DAC',
  '3V3_ADC',
  '0V8_AON',
  'HDMI',
]
/** The processor: no sum makes sense without it. */
const CORE = 'VDD_CORE'
/** The input, of which no amperes are told. */
const INPUT = 'EXT5V'
/** At which the firmware finds the supply too low; a healthy one gives 4.9 to 5.1 V. */
const LOW_VOLTS = 4.63
/** Each reading starts a program: twice a second, that took 0.7 % of a core here (scripts/bench/sampling.ts). */
const EVERY_MS = 1000
/** Nobody states it; our judgement of how far single chips and fits of others lie apart. */
const ACCURACY = 0.1
const LINE =
  /^\s*(\w+)_(?:A\s+current\(\d+\)=(\d+(?:\.\d+)?)A|V\s+volt\(\d+\)=(\d+(?:\.\d+)?)V)\s*$/

/** What the power chip says. */
interface Said {
  readonly watts: number
  readonly rails: readonly Rail[]
  /** Of the supply; undefined: not told. */
  readonly inputVolts: number | undefined
}

/**
 * The Raspberry Pi 5's power chip: what its converters deliver, which is less than what the supply gives. The rails that are there
 * at the start make up the sum for good; an answer without one of them is none.
 */
export async function probePmic({ path }: Surroundings): Promise<Meter | undefined> {
  if ((await findTool('vcgencmd', path)) === undefined) return undefined
  const vcgencmd = openVcgencmd({ path })
  const ask = async (rails: readonly string[], least: number) =>
    parse(await vcgencmd.ask(['pmic_read_adc']), rails, least)
  const begin = () => ask(RAILS, RAILS.length / 2)
  // the first time, the program may have to come from a slow card
  const first = await begin()
    .catch(begin)
    .catch(() => undefined)
  if (first === undefined) {
    await vcgencmd.close()
    return undefined
  }
  const names = first.rails.map(({ name }) => name)
  const missing = RAILS.filter(name => !names.includes(name))
  let lowest = first.inputVolts ?? Number.POSITIVE_INFINITY

  return {
    name: 'pmic',
    scope: 'soc',
    accuracy: ACCURACY,
    everyMs: EVERY_MS,
    source: `vcgencmd pmic_read_adc, sum of ${names.length} rails; 5 V devices and conversion losses are not seen`,
    get warnings() {
      const warnings: string[] = []
      if (missing.length > 0)
        warnings.push(`The sum lacks ${missing.join(', ')}, which the power chip does not tell.`)
      if (lowest < LOW_VOLTS)
        warnings.push(
          `The supply fell to ${lowest.toFixed(2)} V, where a Raspberry Pi 5 slows down: use a stronger one (5 V, 5 A) or a shorter cable.`,
        )
      return warnings
    },
    async read() {
      const { watts, rails, inputVolts = lowest } = await ask(names, names.length)
      lowest = Math.min(lowest, inputVolts)
      return { watts, rails, at: monotonicMs() }
    },
    close: vcgencmd.close,
  }
}

/**
 * Pairs amperes and volts by the names of the rails: the numbers in brackets do not pair.
 * @param names of the rails to add up, of which `least` must be there, the processor's among them; else METER_SILENT
 */
function parse(text: string, names: readonly string[], least: number): Said {
  const amperes = new Map<string, number>()
  const volts = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, ampere, volt] = LINE.exec(line) ?? []
    if (name === undefined) continue
    if (ampere !== undefined) amperes.set(name, Number(ampere))
    else volts.set(name, Number(volt))
  }
  const rails = names
    .filter(name => amperes.has(name) && volts.has(name))
    .map(name => ({ name, watts: amperes.get(name)! * volts.get(name)! }))
  if (rails.length < least || rails.every(({ name }) => name !== CORE)) {
    const found = rails.map(({ name }) => name).join(', ') || 'none'
    const expected = `expected at least ${least} rails with amperes and volts, ${CORE} among them`
    throw new SquintError('METER_SILENT', `vcgencmd pmic_read_adc: ${expected}; found ${found}`)
  }
  const watts = rails.reduce((sum, rail) => sum + rail.watts, 0)
  return { watts, rails, inputVolts: volts.get(INPUT) }
}
