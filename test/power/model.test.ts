import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { loadEnergyModel } from '../../src/power/model.js'
import { reportPicture } from '../../src/power/picture-report.js'
import { exitFixture } from '../fixtures/exit.js'
import { lookFixture } from '../fixtures/services.js'

const path = join(packageRoot, 'models/energy.json')
const timings = { decode: 10, gate: 1, scout: 20, expert: 40 }

t.test("energy is busy time times the board's watts per thread, and says so", async t => {
  const model = await loadEnergyModel(path, 1, 'Raspberry Pi 4 Model B Rev 1.4')
  t.match(model, {
    board: 'Raspberry Pi 4 Model B Rev 1.4',
    method: 'modelled',
    wattsPerBusyThread: 0.93,
  })
  t.same(model.attribute(timings), {
    total: 66.03,
    decode: 9.3,
    gate: 0.93,
    scout: 18.6,
    expert: 37.2,
    method: 'modelled',
    scope: 'process',
    uncertainty: 0.3,
  })
})

t.test('networks on two threads cost twice their time; decoding does not', async t => {
  const model = await loadEnergyModel(path, 2, 'Raspberry Pi 4 Model B')
  t.match(model.attribute(timings), { decode: 9.3, scout: 37.2, expert: 74.4 })
})

const table = {
  version: 2,
  movingShare: 0.5,
  boards: [
    {
      match: 'Test board',
      wattsPerBusyThread: 2,
      uncertainty: 0.3,
      source: 'made up',
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
  default: { wattsPerBusyThread: 5, uncertainty: 0.7, source: 'made up' },
}
// on the test board 20 ms of arithmetic and 20 ms of moving values: (20 + 0.5 * 20) / 40 of the watts
const half = { gmacFloat: 0.05, gmacInt8: 0.1, gmacDepthwise: 0.05, megavalues: 20 }

t.test('a network whose mix is known is charged less while it moves values', async t => {
  const path = join(t.testdir({ 'energy.json': JSON.stringify(table) }), 'energy.json')
  const both = await loadEnergyModel(path, 2, 'Test board', { scout: half })
  t.match(both.attribute(timings), { decode: 20, gate: 2, scout: 60, expert: 160 })
  const elsewhere = await loadEnergyModel(path, 1, 'another board', { scout: half, expert: half })
  t.match(elsewhere.attribute(timings), { scout: 100, expert: 200 }, 'no times, no correction')
})

t.test('an unknown machine gets the default, with its larger uncertainty', async t => {
  const model = await loadEnergyModel(path, 1)
  t.match(model, { wattsPerBusyThread: 5, uncertainty: 0.7, source: /never a measurement/ })
})

t.test('a table of another shape is refused', async t => {
  const folder = t.testdir({ 'energy.json': '{"version":1}' })
  await t.rejects(loadEnergyModel(join(folder, 'energy.json'), 1), { code: 'MODEL_INVALID' })
})

t.test('a single picture is reported with its cost', async t => {
  const model = await loadEnergyModel(path, 1, 'Raspberry Pi 4')
  const exit = exitFixture({ reason: 'empty' })
  const report = reportPicture(
    { ...lookFixture, exit, timingsMs: timings, width: 4, height: 2 },
    model,
  )
  t.match(report, {
    frame: { width: 4, height: 2 },
    exit,
    timingsMs: { total: 71 },
    energyMj: { total: 66.03 },
  })
})
