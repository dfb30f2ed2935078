import { join } from 'node:path'
import { packageRoot } from '../../lib/package.js'
import type { BoardState } from '../board/board-state.js'
import { boardName } from '../board/name.js'
import type { Sysfs } from '../sysfs.js'
import type { Belief } from './belief.js'
import { readCalibration } from './calibration-file.js'
import { type Counts, loadModel } from './model.js'

/** A network that will run. */
export interface Network {
  readonly name: string
  readonly counts?: Counts | undefined
}

export interface BelieveOptions {
  readonly sysfs: Sysfs
  /** The file of `power.calibration`. */
  readonly calibration: string
  readonly networks: { readonly scout: Network; readonly expert: Network }
  readonly threads: number
  readonly state: Pick<BoardState, 'clocks' | 'powerMode'>
  /** Published figures; default: those of the package. */
  readonly table?: string
}

/** What is published of such a device. Rejects with MODEL_INVALID. */
export async function believePublished(
  options: Pick<BelieveOptions, 'sysfs' | 'networks' | 'threads' | 'table'>,
): Promise<Belief> {
  const { sysfs, networks, threads, table = join(packageRoot, 'models/energy.json') } = options
  const { scout, expert } = networks
  const counts = { scout: scout.counts, expert: expert.counts }
  return loadModel(table, { board: await boardName(sysfs), threads, networks: counts })
}

/** What is believed of this device, and why its calibration is not, if there is one. Rejects with MODEL_INVALID. */
export async function believe(
  options: BelieveOptions,
): Promise<{ readonly belief: Belief; readonly ignored: string | null }> {
  const modelled = await believePublished(options)
  const conditions = conditionsOf(modelled.board, options)
  const { belief = modelled, ignored = null } = await readCalibration(
    options.calibration,
    modelled,
    conditions,
  )
  if (ignored === null) return { belief, ignored }
  const source = `${belief.knowledge.source}; not calibrated: ${ignored}`
  return { belief: { ...belief, knowledge: { ...belief.knowledge, source } }, ignored }
}

/** What decides about the draws of a device as it is now. */
export function conditionsOf(
  board: string,
  { networks, threads, state }: Pick<BelieveOptions, 'networks' | 'threads' | 'state'>,
) {
  return {
    board,
    scout: networks.scout.name,
    expert: networks.expert.name,
    threads,
    governor: state.clocks[0]?.governor ?? null,
    powerMode: state.powerMode,
  }
}
