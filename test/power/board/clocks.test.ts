import t from 'tap'
import { createClocks } from '../../../src/power/board/clocks.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const policy = (number: number) => `sys/devices/system/cpu/cpufreq/policy${number}`

t.test('a machine that cannot change its clock has none to tell', async t => {
  t.same(await createClocks(openSysfs('/nowhere')).read(), [])
})

t.test('every group of processors has its clock', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const clocks = createClocks(sysfs)
  const maxHertz = 1_728_000_000
  t.same(await clocks.read(), [
    { name: 'policy0', governor: 'schedutil', hertz: 1_728_000_000, maxHertz },
    { name: 'policy4', governor: 'schedutil', hertz: 729_600_000, maxHertz },
  ])
  await set(`${policy(4)}/scaling_cur_freq`, '1036800\n')
  t.match(await clocks.read(), [{ hertz: 1_728_000_000 }, { hertz: 1_036_800_000 }])
})

t.test('a group that is switched off is left out, and found when it is on again', async t => {
  const { sysfs, set } = await plantBoard(t, 'orin-nano-jp6-state')
  const clocks = createClocks(sysfs)
  await clocks.read()
  for (const file of ['scaling_governor', 'scaling_cur_freq', 'scaling_max_freq']) {
    await set(`${policy(4)}/${file}`, undefined)
  }
  t.match(await clocks.read(), [{ name: 'policy0' }, { name: 'policy4', hertz: null }])
  t.match(await clocks.read(), [{ name: 'policy0' }])
  t.equal((await clocks.read()).length, 1)
  await set(`${policy(4)}/scaling_cur_freq`, '729600\n')
  t.same((await createClocks(sysfs).read())[1], {
    name: 'policy4',
    governor: null,
    hertz: 729_600_000,
    maxHertz: null,
  })
})

t.test('a frequency that is unreadable or garbage is unknown', async t => {
  const { sysfs, set, forbid } = await plantBoard(t, 'pi4-state')
  await set(`${policy(0)}/scaling_cur_freq`, '<unknown>\n')
  const governor = 'ondemand'
  const expected = [{ name: 'policy0', governor, hertz: null, maxHertz: 1_800_000_000 }]
  t.same(await createClocks(sysfs).read(), expected)
  await forbid(`${policy(0)}/scaling_cur_freq`)
  t.same(await createClocks(sysfs).read(), expected)
})
