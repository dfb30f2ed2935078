import { createHash } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { cascadeSchema, localOnly } from '../../src/cascade/config.js'
import {
  findModel,
  findModels,
  findRemoteModel,
  listModels,
  networksOf,
  readModel,
} from '../../src/cascade/zoo.js'
import { packageRoot } from '../../src/lib/package.js'
import { modelFixture } from '../fixtures/model.js'

const sha256 = createHash('sha256').update('network').digest('hex')
const { path, labels, ...entry } = modelFixture({ sha256 })
const manifest = {
  version: 1,
  labels: { few: labels },
  defaults: { scout: 'paper', expert: 'none' },
  models: [{ ...entry, labels: 'few' }],
}

t.test('every model of the package is there, whole, and has the labels of COCO', async t => {
  const folder = join(packageRoot, 'models')
  for (const role of ['scout', 'expert'] as const) {
    const model = await findModel(folder, role)
    t.equal(model.labels.length, 80)
    t.equal(model.labels[0], 'person')
    t.equal((await readModel(model)).length, model.bytes)
  }
})

t.test('a model is found by its name or as the default of its role', async t => {
  const folder = t.testdir({ 'zoo.json': JSON.stringify(manifest), 'paper.onnx': 'network' })
  const model = await findModel(folder, 'scout')
  t.match(model, { name: 'paper', labels, path: join(folder, 'paper.onnx') })
  t.same(await findModel(folder, 'scout', 'paper'), model)
  t.equal(Buffer.from(await readModel(model)).toString(), 'network')
})

t.test('all models are listed in the order of the manifest', async t => {
  const models = await listModels(join(packageRoot, 'models'))
  t.equal(models.length, 4)
  t.same(
    models.map(({ role }) => role),
    ['scout', 'scout', 'expert', 'expert'],
  )
  t.same(models[0], await findModel(join(packageRoot, 'models'), 'scout'))
})

t.test(
  'an expert elsewhere is described by the expert of its name, else by the local one',
  async t => {
    const folder = join(packageRoot, 'models')
    const remote = (model: string, local?: string) =>
      cascadeSchema.parse({ expert: { remote: 'http://server:8000', model, local } })
    const { scout, expert } = await findModels(remote('shared', 'expert-ghostnet'))
    t.same([scout.role, expert.name], ['scout', 'expert-ghostnet'])
    t.equal(
      (await findModels(remote('shared'))).expert.name,
      (await findModel(folder, 'expert')).name,
    )
    t.equal((await findRemoteModel(folder, 'shared', expert)).name, 'expert-ghostnet')
    t.equal((await findRemoteModel(folder, scout.name, expert)).name, 'expert-ghostnet')
    const other = await findRemoteModel(folder, 'expert-mobilenetv3', expert)
    t.equal(other.name, 'expert-mobilenetv3')
    t.equal((await networksOf(remote('shared', 'expert-ghostnet'))).expert.name, 'expert-ghostnet')
    t.equal(localOnly(remote('shared', 'expert-ghostnet')).expert, 'expert-ghostnet')
    t.equal(localOnly(cascadeSchema.parse({ expert: 'mine' })).expert, 'mine')
  },
)

t.test('a name that the manifest does not know is refused with those that it knows', async t => {
  const folder = t.testdir({ 'zoo.json': JSON.stringify(manifest) })
  await t.rejects(findModel(folder, 'scout', 'bigger'), {
    code: 'MODEL_MISSING',
    message: 'cascade.scout: expected one of paper, found bigger',
  })
})

t.test('a file that is gone or was changed is refused', async t => {
  const folder = t.testdir({ 'zoo.json': JSON.stringify(manifest) })
  const model = await findModel(folder, 'scout')
  await t.rejects(readModel(model), { code: 'MODEL_MISSING', message: /paper\.onnx/ })
  const changed = t.testdir({ 'zoo.json': JSON.stringify(manifest), 'paper.onnx': 'netw0rk' })
  await t.rejects(readModel(await findModel(changed, 'scout')), {
    code: 'MODEL_HASH',
    message: new RegExp(`expected sha256 ${sha256}, found`),
  })
})

t.test('a manifest that is missing or wrong is refused by its path', async t => {
  await t.rejects(findModel(t.testdir({}), 'scout'), {
    code: 'MODEL_MISSING',
    message: /cascade\.models: expected the file/,
  })
  await t.rejects(findModel(t.testdir({ 'zoo.json': '{}' }), 'scout'), {
    code: 'MODEL_INVALID',
    message: /zoo\.json: version: expected one of 1, found nothing/,
  })
  const unlabelled = { ...manifest, labels: { other: ['x'] } }
  await t.rejects(findModel(t.testdir({ 'zoo.json': JSON.stringify(unlabelled) }), 'scout'), {
    code: 'MODEL_INVALID',
    message: /paper\.labels: expected one of other, found few/,
  })
})
