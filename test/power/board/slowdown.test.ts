import t from 'tap'
import { createSlowdown } from '../../../src/power/board/slowdown.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const COUNT = 'sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count'
const state = (number: number) => `sys/class/thermal/cooling_device${number}/cur_state`

t.test('a machine that tells nothing leaves it open', async t => {
  t.equal(await createSlowdown(openSysfs('/nowhere')).read(), null)
})

t.test('a clock that the kernel holds down is slowed down, a running fan is not', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const slowdown = createSlowdown(sysfs)
  t.equal(await slowdown.read(), false)
  await set(state(2), '3\n')
  t.equal(await slowdown.read(), true)
  await set(state(2), '0\n')
  t.equal(await slowdown.read(), false)
})

t.test('a fan, and what does not say what it is, tell nothing', async t => {
  const { sysfs } = await plantBoard(t, 'pi5-state', { [state(1)]: '1\n' })
  t.equal(await createSlowdown(sysfs).read(), null)
})

t.test('a clock whose state is unreadable or garbage leaves the others', async t => {
  const { sysfs, set, forbid } = await plantBoard(t, 'orin-nano-jp6-state')
  const slowdown = createSlowdown(sysfs)
  t.equal(await slowdown.read(), false)
  await forbid(state(1))
  t.equal(await slowdown.read(), false)
  await set(state(2), 'broken\n')
  t.equal(await slowdown.read(), null)
  await set(state(2), '1\n')
  t.equal(await slowdown.read(), null, 'looked for again later')
  t.equal(await createSlowdown(sysfs).read(), true)
})

t.test('clocks that get other numbers are found again', async t => {
  const { sysfs, set } = await plantBoard(t, 'jetson-nano-jp4-state')
  const slowdown = createSlowdown(sysfs)
  t.equal(await slowdown.read(), false)
  await set('sys/class/thermal/cooling_device1', undefined)
  await set('sys/class/thermal/cooling_device9/type', 'thermal-cpufreq-0\n')
  await set(state(9), '1\n')
  await slowdown.read()
  t.equal(await slowdown.read(), true)
})

t.test("an Intel processor's count tells from the second reading on", async t => {
  const { sysfs, set } = await plantBoard(t, 'x86-state')
  const slowdown = createSlowdown(sysfs)
  t.equal(await slowdown.read(), null)
  t.equal(await slowdown.read(), false)
  await set(COUNT, '45\n')
  t.equal(await slowdown.read(), true)
  t.equal(await slowdown.read(), false)
  await set(COUNT, undefined)
  t.equal(await slowdown.read(), null)
  t.equal(await slowdown.read(), null)
})
