import t from 'tap'
import { createFirmware } from '../../../src/power/board/firmware.js'
import { openSysfs } from '../../../src/power/sysfs.js'
import { plantBoard } from '../../fixtures/board.js'

const BITS = 'sys/devices/platform/soc/soc:firmware/get_throttled'
const ALARM = 'sys/class/hwmon/hwmon3/in0_lcrit_alarm'
const UNKNOWN = { firmware: null, underVoltage: { now: null, ever: null } }
const CLEAR = {
  underVoltage: false,
  frequencyCapped: false,
  throttled: false,
  softTemperatureLimit: false,
}

t.test('other machines have no such firmware, and nobody is asked', async t => {
  let asked = 0
  const ask = async () => `throttled=0x${++asked}`
  const { sysfs } = await plantBoard(t, 'orin-nano-jp6-state')
  t.same(await createFirmware(sysfs, ask).read(), UNKNOWN)
  t.same(await createFirmware(openSysfs('/nowhere'), ask).read(), UNKNOWN)
  t.equal(asked, 0)
})

t.test('what is now and what has been since boot is told apart', async t => {
  const { sysfs } = await plantBoard(t, 'pi4-state')
  t.same(await createFirmware(sysfs).read(), {
    firmware: { now: CLEAR, ever: { ...CLEAR, underVoltage: true, throttled: true } },
    underVoltage: { now: false, ever: true },
  })
})

t.test('every bit has its meaning, now and since boot', async t => {
  const names = ['underVoltage', 'frequencyCapped', 'throttled', 'softTemperatureLimit']
  for (const [bit, name] of names.entries()) {
    const now = await plantBoard(t, 'pi4-state', { [BITS]: `${(1 << bit).toString(16)}\n` })
    t.match(await createFirmware(now.sysfs).read(), {
      firmware: { now: { ...CLEAR, [name]: true }, ever: { ...CLEAR, [name]: true } },
    })
    const past = (1 << (bit + 16)).toString(16)
    const since = await plantBoard(t, 'pi4-state', { [BITS]: `0x${past}\n` })
    t.match(await createFirmware(since.sysfs).read(), {
      firmware: { now: CLEAR, ever: { ...CLEAR, [name]: true } },
    })
  }
})

t.test('what has been is kept when the kernel clears it', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi4-state', { [BITS]: '8\n' })
  const firmware = createFirmware(sysfs)
  await firmware.read()
  await set(BITS, '20000\n')
  await firmware.read()
  await set(BITS, '0\n')
  t.same(await firmware.read(), {
    firmware: { now: CLEAR, ever: { ...CLEAR, frequencyCapped: true, softTemperatureLimit: true } },
    underVoltage: { now: false, ever: false },
  })
})

t.test('the bits are found where other kernels have them', async t => {
  for (const folder of ['soc:firmware', 'soc@107c000000/soc@107c000000:firmware']) {
    const { sysfs } = await plantBoard(t, 'pi4-state', {
      [BITS]: undefined,
      [`sys/devices/platform/${folder}/get_throttled`]: '4\n',
    })
    t.match(await createFirmware(sysfs).read(), { firmware: { now: { throttled: true } } })
  }
})

t.test('a newer kernel tells of the supply only, and keeps nothing', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const firmware = createFirmware(sysfs)
  t.same(await firmware.read(), { firmware: null, underVoltage: { now: false, ever: false } })
  await set(ALARM, '1\n')
  t.same(await firmware.read(), { firmware: null, underVoltage: { now: true, ever: true } })
  await set(ALARM, '0\n')
  t.same(await firmware.read(), { firmware: null, underVoltage: { now: false, ever: true } })
})

t.test('a renumbered hwmon is found again', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  const firmware = createFirmware(sysfs)
  t.match(await firmware.read(), { underVoltage: { now: false } })
  await set('sys/class/hwmon/hwmon3', undefined)
  await set('sys/class/hwmon/hwmon9/name', 'rpi_volt\n')
  await set('sys/class/hwmon/hwmon9/in0_lcrit_alarm', '1\n')
  t.match(await firmware.read(), { underVoltage: { now: null, ever: null } })
  t.match(await firmware.read(), { underVoltage: { now: true, ever: true } })
})

t.test('a low supply is remembered when nobody tells any more', async t => {
  const { sysfs, set, forbid } = await plantBoard(t, 'pi5-state')
  await set(ALARM, '1\n')
  const firmware = createFirmware(sysfs)
  await firmware.read()
  await forbid(ALARM)
  t.same(await firmware.read(), { firmware: null, underVoltage: { now: null, ever: true } })
})

t.test('garbage tells nothing', async t => {
  for (const garbage of ['', 'error\n', '-1\n', '0x\n', '123456789\n']) {
    const pi4 = await plantBoard(t, 'pi4-state', { [BITS]: garbage })
    t.same(await createFirmware(pi4.sysfs).read(), UNKNOWN, garbage)
    const pi5 = await plantBoard(t, 'pi5-state', { [ALARM]: garbage })
    t.same(await createFirmware(pi5.sysfs, async () => garbage).read(), UNKNOWN, garbage)
  }
})

t.test('the Zero range cannot tell of its supply, but of the rest', async t => {
  const { sysfs } = await plantBoard(t, 'zero2w-state', {
    [BITS]: '50005\n',
    'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '1\n',
  })
  const flags = { ...CLEAR, underVoltage: null, throttled: true }
  t.same(await createFirmware(sysfs).read(), {
    firmware: { now: flags, ever: flags },
    underVoltage: { now: null, ever: null },
  })
})

t.test('firmware without a file is asked, seldom, and the supply is watched meanwhile', async t => {
  const { sysfs, set } = await plantBoard(t, 'pi5-state')
  let asked = 0
  const firmware = createFirmware(sysfs, async () => {
    asked++
    return 'throttled=0x50000\n'
  })
  t.same(await firmware.read(), {
    firmware: { now: CLEAR, ever: { ...CLEAR, underVoltage: true, throttled: true } },
    underVoltage: { now: false, ever: true },
  })
  await set(ALARM, '1\n')
  t.match(await firmware.read(), { underVoltage: { now: true } })
  t.equal(asked, 1)
})

t.test('firmware is not asked where a file tells', async t => {
  let asked = 0
  const { sysfs } = await plantBoard(t, 'pi4-state')
  await createFirmware(sysfs, async () => `throttled=0x${++asked}`).read()
  t.equal(asked, 0)
})

t.test('firmware that does not answer is asked again later', async t => {
  const { sysfs } = await plantBoard(t, 'pi5-state')
  let asked = 0
  const ask = async () => {
    if (++asked === 1) throw new Error('no answer')
    return 'throttled=0x4'
  }
  const patient = createFirmware(sysfs, ask)
  t.match(await patient.read(), { firmware: null, underVoltage: { now: false } })
  t.match(await patient.read(), { firmware: null })
  t.equal(asked, 1)
  const hasty = createFirmware(sysfs, ask, undefined, 0)
  t.match(await hasty.read(), { firmware: { now: { throttled: true } } })
})
