import type { Cascade } from '../cascade/cascade.js'
import { readPolicies } from '../cascade/policies.js'
import type { WorkerSetup } from '../cascade/protocol.js'
import { findModels, networksOf } from '../cascade/zoo.js'
import type { Config } from '../config/schema.js'
import type { Drawing } from '../events/zones.js'
import { differ } from '../lib/differ.js'
import type { Load, Power } from '../power/power.js'

/** What a configuration and clients say of how to look. */
export interface Looking {
  /** Of the configuration's, with all that lies on the disk: models and the cameras' own policies. */
  readonly cascade: Config['cascade']
  readonly models: Awaited<ReturnType<typeof findModels>>
  readonly load: Load
  readonly own: Pick<WorkerSetup, 'policies' | 'masks'>
}

export interface LookingOptions {
  /** Ids of the cameras that a configuration has. */
  camerasOf(config: Config): readonly string[]
  /** What is drawn on a camera's picture, of what a configuration or clients draw. */
  drawing(camera: string, config: Config): Drawing
}

/** Reads all of it. Rejects with CONFIG_INVALID, or a MODEL_ code. */
export async function readLooking(config: Config, options: LookingOptions): Promise<Looking> {
  const { cascade } = config
  const { policy, policies: folder, threads } = cascade
  const ids = options.camerasOf(config)
  const policies = folder === undefined ? {} : await readPolicies(folder, ids, policy)
  return {
    cascade,
    models: await findModels(cascade),
    load: { networks: await networksOf(cascade), threads },
    own: { policies, masks: masksOf(config, options) },
  }
}

function masksOf(config: Config, { camerasOf, drawing }: LookingOptions): WorkerSetup['masks'] {
  return Object.fromEntries(camerasOf(config).map(id => [id, drawing(id, config).masks] as const))
}

export interface LookerOptions extends LookingOptions {
  readonly cascade: Pick<Cascade, 'adapt' | 'adaptOwn'>
  readonly power: Pick<Power, 'adapt'>
  readonly first: Looking
}

/** Makes other ways of looking hold. */
export interface LookingChanges {
  /** Looks as a configuration says that was read anew. Rejects as `readLooking` does, and then all is as before. */
  adapt(config: Config): Promise<void>
  /** Looks where clients have drawn something else; nothing is read from the disk, as what is wrong there is none of theirs. */
  redraw(config: Config): Promise<void>
}

export function createLookingChanges(options: LookerOptions): LookingChanges {
  const { cascade, power } = options
  let looking = options.first

  return {
    async adapt(config) {
      const before = looking
      const wanted = await readLooking(config, options)
      if (!differ(wanted, before)) return
      await cascade.adapt(wanted.cascade, wanted.own)
      looking = { ...wanted, load: before.load }
      if (differ(wanted.load, before.load)) await power.adapt(wanted.load)
      looking = wanted
    },
    async redraw(config) {
      const own = { ...looking.own, masks: masksOf(config, options) }
      if (!differ(own, looking.own)) return
      await cascade.adaptOwn(own)
      looking = { ...looking, own }
    },
  }
}
