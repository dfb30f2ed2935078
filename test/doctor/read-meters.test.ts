import t from 'tap'
import { readMeters } from '../../src/doctor/read-meters.js'
import { plantBoard } from '../fixtures/board.js'

t.test('every meter is read once, whichever the service would take', async t => {
  const { sysfs, path } = await plantBoard(t, 'pi5-load')
  t.match(await readMeters({ sysfs, path }), [
    { kind: 'pmic', name: 'pmic', scope: 'soc', watts: Number },
  ])
  const other = await plantBoard(t, 'ina-on-a-pi')
  t.match(await readMeters({ sysfs: other.sysfs, path: other.path }), [
    { kind: 'ina', name: 'ina226' },
  ])
})

t.test('a meter that does not answer says why', async t => {
  const { sysfs, path, set } = await plantBoard(t, 'battery')
  for (const supply of await sysfs.list('sys/class/power_supply', /^BAT/))
    await set(`${supply}/status`, 'Charging')
  t.match(await readMeters({ sysfs, path }), [
    { name: 'supply', watts: null, reason: /expected Discharging, found Charging/ },
  ])
})

t.test('a machine without a meter has none', async t => {
  const { sysfs, path } = await plantBoard(t, 'doctor-x86')
  t.same(await readMeters({ sysfs, path }), [])
})
