import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseConfig } from '../../src/config/load.js'
import type { Config } from '../../src/config/schema.js'
import { configuredDrawing } from '../../src/service/controls.js'
import { createLookingChanges, readLooking } from '../../src/service/looking.js'
import { modelsCopy, replaceModel } from '../fixtures/models.js'

const corner: [number, number][] = [
  [0, 0],
  [1, 0],
  [0, 1],
]

/** A service that looks at two cameras, and whatever it is told to change. */
async function looking(t: Test) {
  const models = modelsCopy(t)
  const policies = join(models, 'policies')
  const config = (cascade: object = {}, events: object = {}) =>
    parseConfig({ cascade: { models, ...cascade }, events }, {}, 'test')
  let drawn = false
  const scope = {
    camerasOf: (_: Config) => ['porch', 'yard'],
    drawing: (camera: string, config: Config) =>
      drawn ? { zones: [], masks: [corner] } : configuredDrawing(config, camera),
  }
  const said: string[] = []
  const refusals: Error[] = []
  const first = await readLooking(config(), scope)
  const changes = createLookingChanges({
    ...scope,
    first,
    cascade: {
      async adapt(_, own) {
        said.push(`all ${Object.keys(own?.policies ?? {})}`)
      },
      async adaptOwn({ masks }) {
        said.push(`masks ${Object.values(masks ?? {}).flat().length}`)
      },
    },
    power: {
      async adapt({ threads }) {
        const refusal = refusals.shift()
        if (refusal) throw refusal
        said.push(`power of ${threads}`)
      },
    },
  })
  return { models, policies, config, first, changes, said, refusals, draw: () => (drawn = true) }
}

t.test('what is the same changes nothing', async t => {
  const { config, first, changes, said } = await looking(t)
  t.match(first, { load: { threads: 1 }, own: { masks: { porch: [], yard: [] } } })
  await changes.adapt(config())
  await changes.redraw(config())
  t.same(said, [])
})

t.test('threads, and networks that were put in the place of others, draw otherwise', async t => {
  const { config, models, changes, said, refusals } = await looking(t)
  await changes.adapt(config({ threads: 2 }))
  t.same(said.splice(0), ['all ', 'power of 2'])
  await changes.adapt(config({ threads: 2 }, { cameras: { porch: { masks: [corner] } } }))
  t.same(said.splice(0), ['all '], 'a mask does not')

  replaceModel(models, 'scout', readFileSync(join(models, 'scout-person.int8.onnx')))
  await changes.adapt(config({ threads: 2 }))
  t.same(said.splice(0), ['all '], 'its counts are told as before')
  const manifest = join(models, 'zoo.json')
  const zoo = JSON.parse(readFileSync(manifest, 'utf8'))
  for (const { counts } of zoo.models) if (counts) counts.gmacInt8 *= 2
  writeFileSync(manifest, JSON.stringify(zoo))
  refusals.push(new Error('no table'))
  await t.rejects(changes.adapt(config({ threads: 2 })), { message: 'no table' })
  await changes.adapt(config({ threads: 2 }))
  t.same(said, ['all ', 'all ', 'power of 2'], 'what failed is tried again')
})

t.test('what clients draw does not depend on what lies on the disk', async t => {
  const { config, models, policies, changes, said, draw } = await looking(t)
  await t.rejects(changes.adapt(config({ policies })), { code: 'CONFIG_INVALID' })
  rmSync(join(models, 'zoo.json'))
  draw()
  await changes.redraw(config())
  await changes.redraw(config())
  t.same(said, ['masks 2'])
  await t.rejects(changes.adapt(config()), { code: 'MODEL_MISSING' })
})
