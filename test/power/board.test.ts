import t, { type Test } from 'tap'
import { boardName, createThermometer } from '../../src/power/board.js'
import { openSysfs } from '../../src/power/sysfs.js'

t.test('a board is called what its device tree calls it', async t => {
  const folder = t.testdir({
    proc: { 'device-tree': { model: 'Raspberry Pi 5 Model B Rev 1.0\0' } },
  })
  t.equal(await boardName(openSysfs(folder)), 'Raspberry Pi 5 Model B Rev 1.0')
})

t.test('a machine without a device tree is called by its processor', async t => {
  t.match(await boardName(openSysfs('/nowhere')), /\(\w+\)$/)
})

type Tree = NonNullable<Parameters<Test['testdir']>[0]>

const heatOf = (t: Test, tree: Tree) =>
  createThermometer(openSysfs(t.testdir({ sys: tree }))).read()

/** A Raspberry Pi 4 whose firmware says so. */
function raspberry(throttled: string): Tree {
  return {
    class: { thermal: { thermal_zone0: { type: 'cpu-thermal\n', temp: '61823\n' } } },
    devices: { platform: { soc: { 'soc:firmware': { get_throttled: `${throttled}\n` } } } },
  }
}

t.test('a machine that tells nothing has no temperature', async t => {
  t.same(await heatOf(t, {}), { celsius: null, throttled: null })
  t.same(await createThermometer(openSysfs('/nowhere')).read(), { celsius: null, throttled: null })
  await t.resolves(createThermometer(openSysfs()).read())
})

t.test("the Raspberry Pi's firmware says if it throttles now, not if it once did", async t => {
  t.same(await heatOf(t, raspberry('0')), { celsius: 61.823, throttled: false })
  // frequency capped, throttled, soft temperature limit
  for (const bits of ['2', '4', '8', '0xe0008', '50005']) {
    t.match(await heatOf(t, raspberry(bits)), { throttled: true }, bits)
  }
  // a low supply alone, and all of them in the past
  for (const bits of ['1', '50001', 'e0000']) {
    t.match(await heatOf(t, raspberry(bits)), { throttled: false }, bits)
  }
  t.match(await heatOf(t, raspberry('error')), { throttled: null })
})

t.test('the firmware is found where other kernels have it', async t => {
  const file = { get_throttled: '4\n' }
  for (const platform of [
    { 'soc:firmware': file },
    { 'soc@107c000000': { 'soc@107c000000:firmware': file } },
  ]) {
    t.match(await heatOf(t, { devices: { platform } }), { throttled: true })
  }
})

/** A Jetson as its kernel lists it; `state` is that of its processor's clock. */
function jetson(state: string): Tree {
  return {
    class: {
      thermal: {
        thermal_zone0: { type: 'cpu-thermal\n', temp: '63625\n' },
        thermal_zone1: { type: 'gpu-thermal\n', temp: '61000\n' },
        // a part that is off cannot be read
        thermal_zone2: { type: 'gpu-thermal\n', temp: {} },
        thermal_zone3: { type: 'soc0-thermal\n', temp: '-256000\n' },
        thermal_zone4: { type: 'PMIC-Die\n', temp: '100000\n' },
        thermal_zone5: { type: 'tj-thermal\n', temp: '63781\n' },
        cooling_device0: { type: 'pwm-fan\n', cur_state: '3\n' },
        cooling_device1: { type: 'cpufreq-cpu0\n', cur_state: state },
        cooling_device2: { type: 'thermal-cpufreq-1\n', cur_state: '0\n' },
        cooling_device3: { type: 'cpufreq-cpu9\n', cur_state: {} },
      },
    },
  }
}

t.test('a Jetson is as hot as the hottest part of its chip, whatever its PMIC says', async t => {
  t.match(await heatOf(t, jetson('0\n')), { celsius: 63.781 })
})

t.test('a clock that the kernel holds down is throttled, a running fan is not', async t => {
  t.match(await heatOf(t, jetson('0\n')), { throttled: false })
  t.match(await heatOf(t, jetson('2\n')), { throttled: true })
})

t.test("an Intel processor's count tells from the second reading on", async t => {
  const counted = (count: string): Tree => ({
    class: { thermal: { thermal_zone0: { type: 'x86_pkg_temp\n', temp: '50000\n' } } },
    devices: { system: { cpu: { cpu0: { thermal_throttle: { package_throttle_count: count } } } } },
  })
  const thermometer = createThermometer(openSysfs(t.testdir({ sys: counted('42\n') })))
  t.same(await thermometer.read(), { celsius: 50, throttled: null })
  t.match(await thermometer.read(), { throttled: false })
  t.testdir({ sys: counted('45\n') })
  t.match(await thermometer.read(), { throttled: true })
  t.match(await thermometer.read(), { throttled: false })
  t.testdir({})
  t.same(await thermometer.read(), { celsius: null, throttled: null })
})
