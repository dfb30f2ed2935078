import t from 'tap'
import {
  belongsToJetson,
  hwmonChips,
  ina3221Lines,
  NOT_CONNECTED,
} from '../../../src/power/meters/hwmon.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

t.test('chips are found by name, whatever their number', async t => {
  const { sysfs, set } = await plantBoard(t, 'ina-on-a-pi')
  const ina = { folder: 'sys/class/hwmon/hwmon4', name: 'ina226' }
  t.same(await hwmonChips(sysfs, /^ina/), [ina])
  await set('sys/class/hwmon/hwmon0/name', 'ina219\n')
  await set('sys/class/hwmon/hwmon1/name', undefined)
  t.same(await hwmonChips(sysfs, /^ina/), [
    { folder: 'sys/class/hwmon/hwmon0', name: 'ina219' },
    ina,
  ])
})

t.test('an INA3221 has up to three lines; what else it tells are its shunts', async t => {
  const { sysfs, set } = await plantBoard(t, 'ina3221-on-a-pi')
  const folder = 'sys/class/hwmon/hwmon2'
  const board = {
    name: 'board',
    files: [`${folder}/in1_input`, `${folder}/curr1_input`],
    unit: 1e-6,
  }
  t.match(await ina3221Lines(sysfs, folder), [board, { name: 'camera' }])
  await set(`${folder}/in1_label`, 'NC\n')
  await set(`${folder}/in2_label`, undefined)
  await set(`${folder}/in3_enable`, '1\n')
  t.match(await ina3221Lines(sysfs, folder), [{ name: 'channel 2' }, { name: 'channel 3' }])
})

t.test('NC is a word of its own', async t => {
  t.match('NC', NOT_CONNECTED)
  t.notMatch('VDD_SYNC', NOT_CONNECTED)
})

t.test("a chip is a Jetson's own if its rails and its board are NVIDIA's", async t => {
  const named = (name: string) => [{ name, files: [], unit: 1e-6 }]
  const machine = (model: string) => openSysfs(t.testdir({ proc: { 'device-tree': { model } } }))
  for (const name of ['VDD_IN', 'POM_5V_IN', 'VDD_GPU_SOC', 'VIN_SYS_5V0', 'SYS5V', 'CPU']) {
    t.equal(await belongsToJetson(openSysfs('/nowhere'), named(name)), true, name)
  }
  t.equal(await belongsToJetson(machine('NVIDIA Orin Nano Developer Kit'), named('VDD_IN')), true)
  t.equal(await belongsToJetson(machine('NVIDIA Orin Nano Developer Kit'), named('camera')), false)
  t.equal(await belongsToJetson(machine('Raspberry Pi 5'), named('VDD_IN')), false)
})
