import { availableParallelism } from 'node:os'
import type { Policy } from '../cascade/policy.js'
import { openDetector } from '../cascade/session.js'
import { createStages, type Open } from '../cascade/stages.js'
import { findModels, type Model, networksOf, readModel } from '../cascade/zoo.js'
import type { Config } from '../config/schema.js'
import { createImageCodec } from '../frame/image.js'
import { findPixels } from '../frame/pixels.js'
import { createViewer } from '../frame/view.js'
import { attributeByBelief } from '../power/attribution/belief.js'
import { believe } from '../power/attribution/believe.js'
import { createBoardReader } from '../power/board/state.js'
import type { Attribution } from '../power/energy.js'
import { openSysfs } from '../power/sysfs.js'

/** Everything that looking takes, in this thread: no queue and no other thread blurs what is measured. */
export interface Workbench {
  readonly scout: Model
  readonly expert: Model
  readonly policy: Policy
  readonly open: Open
  readonly energy: Attribution
  /** Board or processor, and Node.js, for every number that is told. */
  readonly machine: string
  close(): Promise<void>
}

/** Loads the models. Rejects with a MODEL_ code. */
export async function openWorkbench({
  cascade,
  power,
}: Pick<Config, 'cascade' | 'power'>): Promise<Workbench> {
  const { threads, policy } = cascade
  // what looking costs here: an expert on a server is left out
  const { scout, expert } = await findModels(cascade)
  const scoutDetector = await openDetector(scout, await readModel(scout), threads)
  const expertDetector = await openDetector(expert, await readModel(expert), threads)
  const view = createViewer({
    codec: createImageCodec(),
    pixels: findPixels(process.emitWarning),
    preview: scout.input,
    largest: expert.input,
  })
  const sysfs = openSysfs()
  const { belief } = await believe({
    sysfs,
    calibration: power.calibration,
    networks: await networksOf(cascade),
    threads,
    state: await createBoardReader({ sysfs, signal: AbortSignal.timeout(5000) }).read(),
  })
  const energy = attributeByBelief(belief)
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
