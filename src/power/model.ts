import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { StageTimings } from '../cascade/detection.js'
import { messageOf, SquintError } from '../lib/errors.js'
import { round } from '../lib/round.js'
import { boardName } from './board.js'
import type { FrameEnergy } from './energy.js'
import { openSysfs } from './sysfs.js'

const watts = {
  wattsPerBusyThread: z.number().positive(),
  uncertainty: z.number().positive(),
  source: z.string(),
}

const cost = z.number().nonnegative()

/** Fitted by scripts/lab/step12_energy.py to published times, per thread; the last two say how well and to which. */
const timeSchema = z.strictObject({
  msPerGmacFloat: cost,
  msPerGmacInt8: cost,
  msPerGmacDepthwiseExtra: cost,
  msPerMegavalue: z.number().positive(),
  error: cost,
  source: z.string(),
})

const energySchema = z.strictObject({
  version: z.literal(2),
  movingShare: z.number().min(0).max(1),
  boards: z.array(z.strictObject({ match: z.string(), ...watts, time: timeSchema })),
  default: z.strictObject(watts),
})

type TimeCoefficients = z.infer<typeof timeSchema>

/** What one inference of a network does, as scripts/lab/step12_energy.py counts it. */
export interface Counts {
  /** Billions of multiplications in fp32 and in int8. */
  readonly gmacFloat: number
  readonly gmacInt8: number
  /** Those of both that belong to depthwise convolutions. */
  readonly gmacDepthwise: number
  /** Millions of values that the layers read and write. */
  readonly megavalues: number
}

/** What turns milliseconds into millijoules. */
export interface EnergyModel {
  /** What this machine calls itself. */
  readonly board: string
  readonly method: 'modelled'
  /** Watts above idle of one thread busy with arithmetic, and where that figure comes from. */
  readonly wattsPerBusyThread: number
  readonly source: string
  /** Relative, one standard deviation. */
  readonly uncertainty: number
  /** Millijoules above idle of one frame. */
  attribute(timings: StageTimings): FrameEnergy
}

/**
 * The board's dynamic power per busy thread times the time that each stage kept one busy: linear in utilisation, as in
 * PowerPi (Kaup et al. 2014). A network of which `networks` gives the counts is charged less while it moves values than
 * while it multiplies, in the proportion that the board's fitted times give its mix. Blind to the clock, hence the
 * stated uncertainty.
 * @param path of energy.json; rejects with MODEL_INVALID
 * @param threads busy during scout and expert
 */
export async function loadEnergyModel(
  path: string,
  threads: number,
  board?: string,
  networks: { readonly scout?: Counts | undefined; readonly expert?: Counts | undefined } = {},
): Promise<EnergyModel> {
  const table = await readTable(path)
  const name = board ?? (await boardName(openSysfs()))
  const known = table.boards.find(({ match }) => name.includes(match))
  const { wattsPerBusyThread, uncertainty, source } = known ?? table.default
  const wattsOf = (counts?: Counts) =>
    wattsPerBusyThread * threads * intensity(table.movingShare, known?.time, counts)
  const scoutWatts = wattsOf(networks.scout)
  const expertWatts = wattsOf(networks.expert)
  return {
    board: name,
    method: 'modelled',
    wattsPerBusyThread,
    source,
    uncertainty,
    attribute({ decode, gate, scout, expert }) {
      const energy = {
        decode: round(decode * wattsPerBusyThread, 3),
        gate: round(gate * wattsPerBusyThread, 3),
        scout: round(scout * scoutWatts, 3),
        expert: round(expert * expertWatts, 3),
      }
      const total = round(energy.decode + energy.gate + energy.scout + energy.expert, 3)
      return { total, ...energy, method: 'modelled', scope: 'process', uncertainty }
    },
  }
}

/** Mean power of a network as a share of that of pure arithmetic, movingShare..1; 1 where its mix or the board is unknown. */
function intensity(movingShare: number, time?: TimeCoefficients, counts?: Counts): number {
  if (time === undefined || counts === undefined) return 1
  const arithmetic =
    counts.gmacFloat * time.msPerGmacFloat +
    counts.gmacInt8 * time.msPerGmacInt8 +
    counts.gmacDepthwise * time.msPerGmacDepthwiseExtra
  const moving = counts.megavalues * time.msPerMegavalue
  return (arithmetic + movingShare * moving) / (arithmetic + moving)
}

async function readTable(path: string): Promise<z.infer<typeof energySchema>> {
  try {
    return energySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new SquintError('MODEL_INVALID', `${path}: ${messageOf(error)}`, { cause: error })
  }
}
