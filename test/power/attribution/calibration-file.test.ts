import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  type Conditions,
  readCalibration,
  writeCalibration,
} from '../../../src/power/attribution/calibration-file.js'
import { beliefFixture } from '../../fixtures/belief.js'

const modelled = beliefFixture()
const found = beliefFixture([0.5, 0.6, 0.7, 0.8, 0.9], { own: 0.02, scale: 0.01 })
const conditions: Conditions = {
  board: 'a board',
  scout: 'scout',
  expert: 'expert',
  threads: 1,
  governor: 'ondemand',
  powerMode: null,
}
const calibration = {
  draw: found.draw,
  idle: { watts: 2.5, scope: 'board', uncertainty: 0.03, method: 'calibrated' },
  scope: 'board',
  noise: 0.02,
  checks: [],
  error: 0.01,
} as const
const made = { at: '2026-11-23T09:00:00.000Z', meter: 'ina226', conditions }

t.test('what was found is believed as long as conditions are the same', async t => {
  const path = join(t.testdir(), 'state/squint/calibration.json')
  t.same(await readCalibration(path, modelled, conditions), {}, 'none yet')
  await writeCalibration(path, calibration, made)
  const { belief, ignored } = await readCalibration(path, modelled, conditions)
  t.equal(ignored, undefined)
  t.same(belief?.draw.watts, found.draw.watts)
  t.same(belief?.draw.covariance, found.draw.covariance)
  // the meter's accuracy, the error of the calibration, and what may have drifted since
  t.ok(Math.abs(belief!.draw.scale - Math.hypot(0.01, 0.01, 0.1)) < 1e-9)
  t.same(belief?.idle, calibration.idle)
  t.match(belief, {
    board: 'a board',
    knowledge: {
      method: 'calibrated',
      scope: 'board',
      source: 'calibrated with ina226 on 2026-11-23',
    },
  })
  t.ok(belief!.knowledge.uncertainty > 0.1 && belief!.knowledge.uncertainty < 0.11)
})

t.test('other conditions make it void, and that is told', async t => {
  const path = join(t.testdir(), 'calibration.json')
  await writeCalibration(path, calibration, made)
  for (const [change, words] of [
    [{ expert: 'another' }, /was made with expert expert, now it is another: squint doctor/],
    [{ threads: 2 }, /threads 1, now it is 2/],
    [{ governor: 'performance' }, /governor ondemand, now it is performance/],
    [{ powerMode: '15W' }, /powerMode null, now it is 15W/],
  ] as const) {
    const { belief, ignored } = await readCalibration(path, modelled, { ...conditions, ...change })
    t.equal(belief, undefined)
    t.match(ignored, words)
  }
})

t.test('a file that is broken is told of, and nothing else happens', async t => {
  const path = join(t.testdir({ folder: {} }), 'calibration.json')
  await writeCalibration(path, calibration, made)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, 40))
  t.match(await readCalibration(path, modelled, conditions), { ignored: /is no JSON/ })
  writeFileSync(path, text.replace('"scale": 0.01', '"scale": "much"'))
  t.match(await readCalibration(path, modelled, conditions), { ignored: /scale: expected/ })
  t.match(await readCalibration(join(path, '../folder'), modelled, conditions), {
    ignored: /cannot be read/,
  })
})
