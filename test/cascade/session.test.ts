import { join } from 'node:path'
import t from 'tap'
import { openDetector } from '../../src/cascade/session.js'
import { findModel, readModel } from '../../src/cascade/zoo.js'
import { packageRoot } from '../../src/lib/package.js'
import { modelFixture } from '../fixtures/model.js'

const folder = join(packageRoot, 'models')

t.test('every model of the package loads and answers in rows of six', async t => {
  for (const [role, name] of [
    ['scout', undefined],
    ['expert', 'expert-ghostnet'],
    ['expert', 'expert-mobilenetv3-large'],
  ] as const) {
    const model = await findModel(folder, role, name)
    const detector = await openDetector(model, await readModel(model), 1)
    const { width, height } = model.input
    const rows = await detector.run(new Uint8Array(width * height * 3).fill(127))
    t.equal(rows.length % 6, 0)
    t.ok(rows.length >= 600, `${rows.length / 6} rows`)
    t.ok(rows.every(Number.isFinite))
    await detector.close()
  }
})

t.test("bytes that are no network are refused by the model's name", async t => {
  await t.rejects(openDetector(modelFixture(), Buffer.from('no network'), 1), {
    code: 'MODEL_INVALID',
    message: /^paper: /,
  })
})

t.test('a network of another input size than the manifest says is refused', async t => {
  const model = await findModel(folder, 'scout')
  const bytes = await readModel(model)
  await t.rejects(openDetector({ ...model, input: { width: 64, height: 64 } }, bytes, 1), {
    code: 'MODEL_INVALID',
    message: `${model.name}: expected input image uint8 [1,64,64,3] and output rows, found image uint8 [1,192,320,3] and rows`,
  })
})
