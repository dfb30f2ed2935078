import t from 'tap'
import { createThermometer } from '../../../src/power/board/temperature.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const zone = (number: number) => `sys/class/thermal/thermal_zone${number}`

t.test('a machine that tells nothing has no temperature', async t => {
  t.equal(await createThermometer(openSysfs('/nowhere')).read(), null)
})

t.test('this machine has a temperature that a chip survives, or none', async t => {
  const celsius = await createThermometer(openSysfs()).read()
  t.ok(celsius === null || (celsius > 0 && celsius < 120), `${celsius}`)
})

t.test('a Jetson is as hot as the hottest part of its chip, unreadable parts aside', async t => {
  const { sysfs } = await plantBoard(t, 'orin-nano-jp6-state')
  t.equal(await createThermometer(sysfs).read(), 63.781)
})

t.test('the constant of a PMIC does not count, nor does the air around the chip', async t => {
  const { sysfs } = await plantBoard(t, 'jetson-nano-jp4-state')
  t.equal(await createThermometer(sysfs).read(), 34)
})

t.test('what does not say where it sits does not count', async t => {
  const { sysfs } = await plantBoard(t, 'pi5-state', { [`${zone(1)}/temp`]: '90000\n' })
  t.equal(await createThermometer(sysfs).read(), 48.312)
})

t.test('a sensor at -256 is off', async t => {
  const off = { [`${zone(1)}/temp`]: '-256000\n', [`${zone(8)}/temp`]: '-256000\n' }
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state', off)
  const thermometer = createThermometer(sysfs)
  t.equal(await thermometer.read(), 63.625)
  await set(`${zone(0)}/temp`, '-256000\n')
  t.equal(await thermometer.read(), null)
})

t.test('what a sensor says is read anew, where it is only seldom', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const thermometer = createThermometer(sysfs)
  t.equal(await thermometer.read(), 48.312)
  await set(`${zone(0)}/temp`, '61823\n')
  await set(`${zone(1)}/type`, 'gpu-thermal\n')
  await set(`${zone(1)}/temp`, '70000\n')
  t.equal(await thermometer.read(), 61.823)
})

t.test('a sensor that appears late is found', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const thermometer = createThermometer(sysfs, 0)
  t.equal(await thermometer.read(), 48.312)
  await set(`${zone(1)}/type`, 'gpu-thermal\n')
  await set(`${zone(1)}/temp`, '70000\n')
  t.equal(await thermometer.read(), 70)
})

t.test('sensors that get other numbers are found again', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const thermometer = createThermometer(sysfs)
  t.equal(await thermometer.read(), 48.312)
  await set(zone(0), undefined)
  await set(`${zone(7)}/type`, 'cpu-thermal\n')
  await set(`${zone(7)}/temp`, '50000\n')
  t.equal(await thermometer.read(), null)
  t.equal(await thermometer.read(), 50)
})

t.test('a sensor that cannot be read any more leaves the others', async t => {
  const { sysfs, forbid } = await plantBoard(t, 'orin-nano-jp6-state')
  const thermometer = createThermometer(sysfs)
  await thermometer.read()
  await forbid(`${zone(8)}/temp`)
  t.equal(await thermometer.read(), 63.625)
  t.equal(await thermometer.read(), 63.625)
})

t.test('garbage is no temperature', async t => {
  for (const garbage of ['', 'hot\n', '0x40\n', '999999\n']) {
    const { sysfs } = await plantBoard(t, 'pi5-state', { [`${zone(0)}/temp`]: garbage })
    t.equal(await createThermometer(sysfs).read(), null, garbage)
  }
})
