import t from 'tap'
import { createOverCurrent } from '../../../src/power/board/over-current.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const CHIP = 'sys/class/hwmon/hwmon3'

t.test('a machine without such counters tells nothing', async t => {
  const nothing = { overCurrent: [], underVoltage: { now: null, ever: null }, throttled: false }
  t.same(await createOverCurrent(openSysfs('/nowhere')).read(), nothing)
  const { sysfs } = await plantBoard(t, 'jetson-nano-jp4-state')
  t.same(await createOverCurrent(sysfs).read(), nothing)
})

t.test('what was before the start is told apart', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const counters = createOverCurrent(sysfs)
  await counters.read()
  await set(`${CHIP}/oc3_event_cnt`, '9\n')
  const { overCurrent } = await counters.read()
  t.same(overCurrent, [
    { name: 'oc1', meaning: 'under-voltage', events: 1, eventsSinceStart: 0 },
    { name: 'oc2', meaning: 'average over-current', events: 0, eventsSinceStart: 0 },
    { name: 'oc3', meaning: 'instantaneous over-current', events: 9, eventsSinceStart: 7 },
  ])
})

t.test('a low supply is now if it was counted since the last reading', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const counters = createOverCurrent(sysfs)
  t.same((await counters.read()).underVoltage, { now: null, ever: true })
  t.same((await counters.read()).underVoltage, { now: false, ever: true })
  await set(`${CHIP}/oc1_event_cnt`, '3\n')
  t.same((await counters.read()).underVoltage, { now: true, ever: true })
  t.same((await counters.read()).underVoltage, { now: false, ever: true })
})

t.test('a supply that was never low is so', async t => {
  const { sysfs } = await plantBoard(t, 'orin-nano-jp6-state', { [`${CHIP}/oc1_event_cnt`]: '0\n' })
  const counters = createOverCurrent(sysfs)
  await counters.read()
  t.same((await counters.read()).underVoltage, { now: false, ever: false })
})

t.test('low voltage and a high average slow the chip down, an instant does not', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const counters = createOverCurrent(sysfs)
  t.equal((await counters.read()).throttled, false, 'what was before the start')
  for (const [name, throttled] of [
    ['oc1', true] as const,
    ['oc2', true] as const,
    ['oc3', false] as const,
  ]) {
    await set(`${CHIP}/${name}_event_cnt`, '40\n')
    t.equal((await counters.read()).throttled, throttled, name)
    t.equal((await counters.read()).throttled, false, 'over')
  }
})

t.test('an event that the hardware does not answer slows nothing down', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state', {
    [`${CHIP}/oc2_throt_en`]: '0\n',
  })
  const counters = createOverCurrent(sysfs)
  await counters.read()
  await set(`${CHIP}/oc2_event_cnt`, '5\n')
  const { throttled, overCurrent } = await counters.read()
  t.equal(throttled, false)
  t.match(overCurrent[1], { name: 'oc2', eventsSinceStart: 5 })
})

t.test('a Xavier counts under other names, and its second counter is the supply', async t => {
  const { sysfs, set } = await plantBoard(t, 'xavier-nx-jp5-state')
  const counters = createOverCurrent(sysfs)
  const { overCurrent } = await counters.read()
  t.equal(overCurrent.length, 6)
  t.same(overCurrent[0], { name: 'oc1', meaning: null, events: 4, eventsSinceStart: 0 })
  t.match(overCurrent[1], { name: 'oc2', meaning: 'under-voltage' })
  await set('sys/class/hwmon/hwmon5/oc1_irq_cnt', '6\n')
  t.match(await counters.read(), { throttled: false, underVoltage: { now: false, ever: false } })
  await set('sys/class/hwmon/hwmon5/oc2_irq_cnt', '1\n')
  t.match(await counters.read(), { throttled: true, underVoltage: { now: true, ever: true } })
})

t.test('the same names on another chip mean nothing that we know', async t => {
  const model = { 'proc/device-tree/model': 'quill\n' }
  const { sysfs } = await plantBoard(t, 'xavier-nx-jp5-state', model)
  const { overCurrent, underVoltage } = await createOverCurrent(sysfs).read()
  t.ok(overCurrent.every(({ meaning }) => meaning === null))
  t.same(underVoltage, { now: null, ever: null })
})

t.test('a renumbered hwmon is found again, and its events are not counted twice', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const counters = createOverCurrent(sysfs)
  await counters.read()
  await set(CHIP, undefined)
  await set('sys/class/hwmon/hwmon7/name', 'soctherm_oc\n')
  await set('sys/class/hwmon/hwmon7/oc3_event_cnt', '4\n')
  t.same((await counters.read()).overCurrent, [])
  t.match((await counters.read()).overCurrent, [{ name: 'oc3', events: 4, eventsSinceStart: 2 }])
})

t.test('a counter that starts anew goes on', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state', {
    [`${CHIP}/oc3_event_cnt`]: '500\n',
  })
  const counters = createOverCurrent(sysfs)
  await counters.read()
  await set(`${CHIP}/oc3_event_cnt`, '3\n')
  t.match((await counters.read()).overCurrent[2], { events: 3, eventsSinceStart: 3 })
})

t.test('a counter that is unreadable or garbage is left out', async t => {
  const { sysfs, set, forbid } = await plantBoard(t, 'orin-nano-jp6-state')
  const counters = createOverCurrent(sysfs)
  await counters.read()
  await forbid(`${CHIP}/oc1_event_cnt`)
  await set(`${CHIP}/oc2_event_cnt`, 'many\n')
  for (const reading of [await counters.read(), await counters.read()]) {
    t.match(reading.overCurrent, [{ name: 'oc3' }])
    t.equal(reading.overCurrent.length, 1)
    t.same(reading.underVoltage, { now: null, ever: null })
  }
})
