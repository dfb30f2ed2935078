import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { StageTimings } from '../cascade/detection.js'
import { messageOf, SquintError } from '../lib/errors.js'
import { round } from '../lib/round.js'
import { boardName } from './board.js'
import type { FrameEnergy } from './energy.js'

const coefficients = {
  wattsPerBusyThread: z.number().positive(),
  uncertainty: z.number().positive(),
  source: z.string(),
}

const energySchema = z.strictObject({
  version: z.literal(1),
  boards: z.array(z.strictObject({ match: z.string(), ...coefficients })),
  default: z.strictObject(coefficients),
})

/** What turns milliseconds into millijoules. */
export interface EnergyModel {
  /** What this machine calls itself. */
  readonly board: string
  readonly method: 'modelled'
  /** Watts above idle of one busy thread, and where that figure comes from. */
  readonly wattsPerBusyThread: number
  readonly source: string
  /** Relative, one standard deviation. */
  readonly uncertainty: number
  /** Millijoules above idle of one frame. */
  attribute(timings: StageTimings): FrameEnergy
}

/**
 * The board's dynamic power per busy thread times the time that each stage kept one busy: linear in utilisation, as in
 * PowerPi (Kaup et al. 2014). Blind to clock and instruction mix, hence the stated uncertainty.
 * @param path of energy.json; rejects with MODEL_INVALID
 * @param threads busy during scout and expert
 */
export async function loadEnergyModel(
  path: string,
  threads: number,
  board?: string,
): Promise<EnergyModel> {
  const table = await readTable(path)
  const name = board ?? (await boardName())
  const found = table.boards.find(({ match }) => name.includes(match)) ?? table.default
  const { wattsPerBusyThread: watts, uncertainty, source } = found
  return {
    board: name,
    method: 'modelled',
    wattsPerBusyThread: watts,
    source,
    uncertainty,
    attribute({ decode, gate, scout, expert }) {
      const energy = {
        decode: round(decode * watts, 3),
        gate: round(gate * watts, 3),
        scout: round(scout * watts * threads, 3),
        expert: round(expert * watts * threads, 3),
      }
      const total = round(energy.decode + energy.gate + energy.scout + energy.expert, 3)
      return { total, ...energy, method: 'modelled', uncertainty }
    },
  }
}

async function readTable(path: string): Promise<z.infer<typeof energySchema>> {
  try {
    return energySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new SquintError('MODEL_INVALID', `${path}: ${messageOf(error)}`, { cause: error })
  }
}
