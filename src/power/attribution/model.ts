import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { messageOf, SquintError } from '../../lib/errors.js'
import type { Belief } from './belief.js'
import { ALL_STAGES, SOURCES, uncertaintyOf } from './draw.js'

const idle = z.strictObject({
  watts: z.number().positive(),
  uncertainty: z.number().positive(),
  source: z.string(),
})

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
  version: z.literal(3),
  movingShare: z.number().min(0).max(1),
  /** Relative: how far one stage's watts are off beside what is wrong with all of the board's (`uncertainty`). */
  stageSpread: z.number().positive(),
  boards: z.array(z.strictObject({ match: z.string(), ...watts, idle, time: timeSchema })),
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

export interface ModelOptions {
  /** What this machine calls itself. */
  readonly board: string
  /** Busy during scout and expert. */
  readonly threads: number
  readonly networks?: { readonly scout?: Counts | undefined; readonly expert?: Counts | undefined }
}

/**
 * What is published of such boards: their dynamic power per busy thread, linear in utilisation as in PowerPi (Kaup et al.
 * 2014). A network whose counts are given is charged less while it moves values than while it multiplies, in the proportion
 * that the board's fitted times give its mix. Blind to the clock, hence the stated uncertainty.
 * @param path of energy.json; rejects with MODEL_INVALID
 */
export async function loadModel(path: string, options: ModelOptions): Promise<Belief> {
  const { board, threads, networks = {} } = options
  const table = await readTable(path)
  const known = table.boards.find(({ match }) => board.includes(match))
  const { wattsPerBusyThread, uncertainty, source } = known ?? table.default
  const wattsOf = (counts?: Counts) =>
    wattsPerBusyThread * threads * intensity(table.movingShare, known?.time, counts)
  const watts = [
    wattsPerBusyThread,
    wattsPerBusyThread,
    wattsOf(networks.scout),
    wattsOf(networks.expert),
    wattsPerBusyThread,
  ]
  const draw = {
    watts,
    covariance: SOURCES.map((_, i) =>
      SOURCES.map((_, j) => (i === j ? (table.stageSpread * watts[i]!) ** 2 : 0)),
    ),
    scale: uncertainty,
  }
  return {
    board,
    knowledge: {
      method: 'modelled',
      scope: 'process',
      source,
      uncertainty: uncertaintyOf(draw, ALL_STAGES),
    },
    draw,
    idle:
      known === undefined
        ? null
        : {
            watts: known.idle.watts,
            scope: 'board',
            uncertainty: known.idle.uncertainty * known.idle.watts,
            method: 'modelled',
          },
    threads: [1, 1, threads, threads],
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
