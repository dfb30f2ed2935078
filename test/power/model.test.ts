import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../src/lib/package.js'
import { loadEnergyModel } from '../../src/power/model.js'
import { reportPicture } from '../../src/power/picture-report.js'

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
    uncertainty: 0.3,
  })
})

t.test('networks on two threads cost twice their time; decoding does not', async t => {
  const model = await loadEnergyModel(path, 2, 'Raspberry Pi 4 Model B')
  t.match(model.attribute(timings), { decode: 9.3, scout: 37.2, expert: 74.4 })
})

t.test('an unknown machine gets the default, with its larger uncertainty', async t => {
  const model = await loadEnergyModel(path, 1)
  t.match(model, { wattsPerBusyThread: 5, uncertainty: 0.7, source: /never a measurement/ })
})

t.test('a table of another shape is refused', async t => {
  const folder = t.testdir({ 'energy.json': '{"version":2}' })
  await t.rejects(loadEnergyModel(join(folder, 'energy.json'), 1), { code: 'MODEL_INVALID' })
})

t.test('a single picture is reported with its cost', async t => {
  const model = await loadEnergyModel(path, 1, 'Raspberry Pi 4')
  const exit = {
    stage: 'scout',
    reason: 'empty',
    motion: 1,
    complexity: 0,
    escalated: false,
  } as const
  const report = reportPicture(
    { exit, detections: [], timingsMs: timings, width: 4, height: 2 },
    model,
  )
  t.match(report, {
    frame: { width: 4, height: 2 },
    exit,
    timingsMs: { total: 71 },
    energyMj: { total: 66.03 },
  })
})
