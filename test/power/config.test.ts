import { join } from 'node:path'
import t from 'tap'
import { stateFolder } from '../../src/lib/state-folder.js'
import { powerSchema } from '../../src/power/config.js'

t.test('the first meter that answers is read, unless something else is said', async t => {
  t.same(powerSchema.parse({}), {
    meter: 'auto',
    calibration: join(stateFolder(), 'calibration.json'),
  })
  const written = {
    meter: 'ina',
    rails: ['ina226'],
    everyMs: 1000,
    calibration: '/etc/squint/calibration.json',
    batteryWattHours: 37,
  }
  t.same(powerSchema.parse(written), written)
})

t.test('what cannot be is refused', async t => {
  for (const wrong of [
    { meter: 'guess' },
    { everyMs: 10 },
    { rails: [] },
    { batteryWattHours: 0 },
    { watts: 3 },
  ]) {
    t.equal(powerSchema.safeParse(wrong).success, false, JSON.stringify(wrong))
  }
})
