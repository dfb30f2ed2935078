import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { CascadeConfig } from '../cascade/config.js'
import type { Policy } from '../cascade/policy.js'
import { openDetector } from '../cascade/session.js'
import { createStages, type Open } from '../cascade/stages.js'
import { findModel, type Model, networkCounts, readModel } from '../cascade/zoo.js'
import { createImageCodec } from '../frame/image.js'
import { createViewer } from '../frame/view.js'
import { packageRoot } from '../lib/package.js'
import { type EnergyModel, loadEnergyModel } from '../power/model.js'

/** Everything that looking takes, in this thread: no queue and no other thread blurs what is measured. */
export interface Workbench {
  readonly scout: Model
  readonly expert: Model
  readonly policy: Policy
  readonly open: Open
  readonly energy: EnergyModel
  /** Board or processor, and Node.js, for every number that is told. */
  readonly machine: string
  close(): Promise<void>
}

/** Loads the models. Rejects with a MODEL_ code. */
export async function openWorkbench(config: CascadeConfig): Promise<Workbench> {
  const { models, threads, policy } = config
  const scout = await findModel(models, 'scout', config.scout)
  const expert = await findModel(models, 'expert', config.expert)
  const scoutDetector = await openDetector(scout, await readModel(scout), threads)
  const expertDetector = await openDetector(expert, await readModel(expert), threads)
  const view = createViewer(createImageCodec(), scout.input)
  const energy = await loadEnergyModel(
    join(packageRoot, 'models/energy.json'),
    threads,
    undefined,
    await networkCounts(config),
  )
  return {
    scout,
    expert,
    policy,
    open: createStages({ view, scout: scoutDetector, expert: expertDetector }),
    energy,
    machine: `${energy.board}, ${availableParallelism()} cores, node ${process.version}, ${threads} thread${threads === 1 ? '' : 's'} per inference`,
    async close() {
      await scoutDetector.close()
      await expertDetector.close()
    },
  }
}
