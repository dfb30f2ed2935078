import { join } from 'node:path'
import t from 'tap'
import { believe, conditionsOf } from '../../../src/power/attribution/believe.js'
import { writeCalibration } from '../../../src/power/attribution/calibration-file.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { beliefFixture } from '../../fixtures/belief.js'

const clock = { name: 'policy0', governor: 'ondemand', hertz: 1.8e9, maxHertz: 1.8e9 }
const options = {
  networks: { scout: { name: 'scout' }, expert: { name: 'expert' } },
  threads: 1,
  state: { clocks: [clock], powerMode: null },
}

t.test('a board is believed to be as published, until it has been calibrated', async t => {
  const root = t.testdir({ proc: { 'device-tree': { model: 'Raspberry Pi 4 Model B\0' } } })
  const sysfs = openSysfs(root)
  const calibration = join(root, 'calibration.json')
  const { belief, ignored } = await believe({ ...options, sysfs, calibration })
  t.match(belief, { board: 'Raspberry Pi 4 Model B', knowledge: { method: 'modelled' } })
  t.equal(ignored, null)

  const { draw } = beliefFixture([0.5, 0.5, 0.5, 0.5, 0.5])
  const conditions = conditionsOf(belief.board, options)
  await writeCalibration(
    calibration,
    {
      draw,
      idle: { watts: 2.5, scope: 'board', uncertainty: 0.1, method: 'calibrated' },
      scope: 'board',
      noise: 0.01,
      checks: [],
      error: 0,
    },
    { at: '2026-11-23T09:00:00.000Z', meter: 'ina226', conditions },
  )
  const calibrated = await believe({ ...options, sysfs, calibration })
  t.match(calibrated.belief, { knowledge: { method: 'calibrated' }, draw: { watts: draw.watts } })
  const mode = { ...options.state, powerMode: '15W' }
  const other = await believe({ ...options, sysfs, calibration, state: mode })
  t.match(other, {
    belief: { knowledge: { method: 'modelled', source: /; not calibrated: .*powerMode/ } },
    ignored: /powerMode/,
  })
})

t.test('where the governor is not told, that is a condition too', async t => {
  t.match(conditionsOf('x', { ...options, state: { clocks: [], powerMode: null } }), {
    governor: null,
  })
})
