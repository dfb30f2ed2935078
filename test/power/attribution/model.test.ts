import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../../src/lib/package.js'
import { loadModel } from '../../../src/power/attribution/model.js'

const path = join(packageRoot, 'models/energy.json')

t.test("a stage draws the board's watts per busy thread, and that is only modelled", async t => {
  const board = 'Raspberry Pi 4 Model B Rev 1.4'
  const { draw, knowledge, threads, idle } = await loadModel(path, { board, threads: 1 })
  t.same(draw.watts, [0.93, 0.93, 0.93, 0.93, 0.93])
  t.match(knowledge, {
    method: 'modelled',
    scope: 'process',
    source: /pidramble/,
  })
  t.same(threads, [1, 1, 1, 1])
  t.same(idle, {
    watts: 2.7,
    scope: 'board',
    uncertainty: 0.15 * 2.7,
    method: 'modelled',
  })
})

t.test('stages err together, as the board does, and each by itself', async t => {
  const { draw } = await loadModel(path, { board: 'Raspberry Pi 4', threads: 1 })
  t.equal(draw.scale, 0.3)
  t.ok(Math.abs(Math.sqrt(draw.covariance[2]![2]!) / 0.93 - 0.15) < 1e-9)
  t.equal(draw.covariance[2]![3], 0)
})

t.test('networks on two threads draw twice as much; decoding does not', async t => {
  const { draw, threads } = await loadModel(path, { board: 'Raspberry Pi 4 Model B', threads: 2 })
  t.same(draw.watts, [0.93, 0.93, 1.86, 1.86, 0.93])
  t.same(threads, [1, 1, 2, 2])
})

const table = {
  version: 3,
  movingShare: 0.5,
  stageSpread: 0.2,
  boards: [
    {
      match: 'Test board',
      wattsPerBusyThread: 2,
      uncertainty: 0.3,
      source: 'made up',
      idle: { watts: 3, uncertainty: 0.1, source: 'made up' },
      time: {
        msPerGmacFloat: 100,
        msPerGmacInt8: 50,
        msPerGmacDepthwiseExtra: 200,
        msPerMegavalue: 1,
        error: 0.1,
        source: 'made up',
      },
    },
  ],
  default: { wattsPerBusyThread: 5, uncertainty: 0.1, source: 'made up' },
}
// on the test board 20 ms of arithmetic and 20 ms of moving values: (20 + 0.5 * 20) / 40 of the watts
const half = { gmacFloat: 0.05, gmacInt8: 0.1, gmacDepthwise: 0.05, megavalues: 20 }

t.test('a network whose mix is known draws less while it moves values', async t => {
  const path = join(t.testdir({ 'energy.json': JSON.stringify(table) }), 'energy.json')
  const networks = { scout: half }
  const both = await loadModel(path, { board: 'Test board', threads: 2, networks })
  t.same(both.draw.watts, [2, 2, 3, 4, 2])
  const elsewhere = await loadModel(path, { board: 'another board', threads: 1, networks })
  t.same(elsewhere.draw.watts, [5, 5, 5, 5, 5], 'no times, no correction')
})

t.test('an unknown machine gets the default, with its larger uncertainty', async t => {
  const { draw, knowledge, idle } = await loadModel(path, { board: 'a server', threads: 1 })
  t.same(draw.watts, [5, 5, 5, 5, 5])
  t.ok(knowledge.uncertainty > 0.7)
  t.match(knowledge, { source: /never a measurement/ })
  t.equal(idle, null)
})

t.test('a table of another shape is refused', async t => {
  const folder = t.testdir({ 'energy.json': '{"version":1}' })
  await t.rejects(loadModel(join(folder, 'energy.json'), { board: 'x', threads: 1 }), {
    code: 'MODEL_INVALID',
  })
})
