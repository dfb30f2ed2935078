import t from 'tap'
import { createGpu } from '../../../src/power/board/gpu.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const ORIN = 'sys/devices/platform/gpu.0'
const ORIN_CLOCK = `${ORIN}/devfreq/17000000.gpu/cur_freq`

t.test('other machines have no GPU that tells', async t => {
  t.equal(await createGpu(openSysfs('/nowhere')).read(), null)
})

t.test('a Jetson tells load and clock of its GPU, whatever its chip is called', async t => {
  for (const [name, expected] of Object.entries({
    'jetson-nano-jp4-state': { load: 0, hertz: 76_800_000 },
    'xavier-nx-jp5-state': { load: 0.125, hertz: 114_750_000 },
    'orin-nano-jp6-state': { load: 0.999, hertz: 1_020_000_000 },
  })) {
    const { sysfs } = await plantBoard(t, name)
    t.same(await createGpu(sysfs).read(), expected)
  }
})

t.test('other devices with a clock are no GPU', async t => {
  const { sysfs } = await plantBoard(t, 'orin-nano-jp6-state', {
    [`${ORIN}/of_node/name`]: 'nvenc\n',
    [`${ORIN}/load`]: undefined,
    'sys/class/devfreq/scsi/cur_freq': '300000000\n',
  })
  t.equal(await createGpu(sysfs).read(), null)
})

t.test('a GPU that is not listed is found at its place', async t => {
  for (const name of ['jetson-nano-jp4-state', 'orin-nano-jp6-state']) {
    const { sysfs } = await plantBoard(t, name, { 'sys/class/devfreq': undefined })
    const load = name.startsWith('orin') ? 0.999 : 0
    t.same(await createGpu(sysfs).read(), { load, hertz: null })
  }
})

t.test('a GPU that appears late is found', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const gpu = createGpu(sysfs, 0)
  t.equal(await gpu.read(), null)
  await set('sys/devices/gpu.0/load', '500\n')
  t.same(await gpu.read(), { load: 0.5, hertz: null })
})

t.test('what is unreadable or garbage is unknown, and read again when it can be', async t => {
  const { sysfs, set, forbid } = await plantBoard(t, 'orin-nano-jp6-state')
  const gpu = createGpu(sysfs)
  await gpu.read()
  await forbid(`${ORIN}/load`)
  t.same(await gpu.read(), { load: null, hertz: 1_020_000_000 })
  await set(ORIN_CLOCK, 'fast\n')
  t.equal(await gpu.read(), null)
  await set(`${ORIN}/load`, '7\n')
  await set(ORIN_CLOCK, '306000000\n')
  t.same(await createGpu(sysfs).read(), { load: 0.007, hertz: 306_000_000 })
})
