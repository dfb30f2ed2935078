import { availableParallelism } from 'node:os'
import t, { type Test } from 'tap'
import { checkBoard } from '../../src/doctor/board.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

type Changes = Parameters<typeof surroundingsOf>[3]

const CPU = 'sys/devices/system/cpu'

async function about(
  t: Test,
  subject: string,
  changes: Changes = {},
  board: Parameters<typeof surroundingsOf>[1] = 'doctor-pi5',
) {
  const findings = await checkBoard(await surroundingsOf(t, board, {}, changes))
  return findings.find(finding => finding.subject === subject)
}

t.test('a healthy board is told in five lines', async t => {
  const findings = await checkBoard(await surroundingsOf(t, 'doctor-pi5'))
  t.same(
    findings.map(({ subject, state, found }) => `${state} ${subject}: ${found}`),
    [
      'well board: Raspberry Pi 5 Model B Rev 1.0',
      'well processor: 4 cores, 1.5 of 2.4 GHz, governor ondemand',
      'well memory: 7.9 GiB, 7.1 GiB available',
      'well temperature: 48 °C, not slowed down',
      'well supply: no under-voltage since boot',
    ],
  )
})

t.test('a virtual machine tells little, and no line is made of nothing', async t => {
  const findings = await checkBoard(await surroundingsOf(t, 'doctor-x86'))
  t.same(
    findings.map(({ subject, state }) => `${state} ${subject}`),
    ['well board', 'well processor', 'well memory', 'notice temperature'],
  )
  t.match(findings[1], { found: '2 cores, clock and governor are not told' })
  t.match(findings[3], { found: /no sensor tells it/ })
  t.notOk(await about(t, 'memory', { 'proc/meminfo': undefined }, 'doctor-x86'))
})

t.test('cores are counted that are on', async t => {
  const cores = async (online: string | undefined) =>
    (await about(t, 'processor', { [`${CPU}/online`]: online }, 'doctor-x86'))?.found
  t.match(await cores('0'), /^1 core,/)
  t.match(await cores('0-1,4,6-7'), /^5 cores,/)
  t.match(await cores(undefined), new RegExp(`^${availableParallelism()} core`))
})

t.test('powersave holds a clock down, but not where a driver only calls it so', async t => {
  const policy = `${CPU}/cpufreq/policy0`
  const powersave = { [`${policy}/scaling_governor`]: 'powersave' }
  t.match(await about(t, 'processor', powersave), {
    state: 'notice',
    found: /governor powersave, which keeps it at its slowest$/,
    mend: /^echo schedutil \| sudo tee /,
  })
  for (const [driver, state] of [
    ['intel_pstate', 'well'],
    ['amd-pstate-epp', 'well'],
    [undefined, 'notice'],
  ]) {
    const changes = { ...powersave, [`${policy}/scaling_driver`]: driver }
    t.match(await about(t, 'processor', changes), { state }, driver ?? 'unknown driver')
  }
})

t.test('a clock that tells only part of it is told as far', async t => {
  const policy = `${CPU}/cpufreq/policy0`
  const changes = {
    [`${policy}/scaling_cur_freq`]: undefined,
    [`${policy}/scaling_governor`]: undefined,
  }
  t.match(await about(t, 'processor', changes), { found: '4 cores, 2.4 GHz, governor unknown' })
  const nothing = {
    [`${policy}/scaling_cur_freq`]: undefined,
    [`${policy}/scaling_max_freq`]: undefined,
  }
  t.match(await about(t, 'processor', nothing), { found: /clock and governor are not told/ })
})

t.test('little memory is a notice', async t => {
  const files = { 'proc/meminfo': 'MemTotal: 425984 kB\nMemAvailable: 210944 kB\n' }
  t.match(await about(t, 'memory', files), {
    state: 'notice',
    found: '416 MiB, 206 MiB available',
    mend: /one camera/,
  })
})

t.test('heat is a notice once the processor is slowed down, or nearly', async t => {
  t.match(await about(t, 'temperature', {}, 'doctor-pi4-bare'), {
    state: 'notice',
    found: '82 °C, the processor is being slowed down',
    mend: /fan/,
  })
  const firmware = 'sys/devices/platform/soc/soc:firmware/get_throttled'
  t.match(await about(t, 'temperature', { [firmware]: '0' }, 'doctor-pi4-bare'), {
    state: 'notice',
    found: '82 °C, it will soon be slowed down',
  })
  const zone = 'sys/class/thermal/thermal_zone0/temp'
  const unknown = { [firmware]: undefined, [zone]: '61000' }
  t.match(await about(t, 'temperature', unknown, 'doctor-pi4-bare'), {
    state: 'well',
    found: '61 °C',
  })
  t.match(
    await about(t, 'temperature', { [firmware]: '0', [zone]: undefined }, 'doctor-pi4-bare'),
    {
      state: 'well',
      found: 'not told, not slowed down',
    },
  )
})

t.test('a weak supply is a notice, an unknown one is said to be unknown', async t => {
  const says = (bits: string) => ({ 'bin/vcgencmd': `#!/bin/sh\necho throttled=${bits}\n` })
  t.match(await about(t, 'supply', says('0x50005')), {
    state: 'notice',
    found: /^under-voltage now/,
  })
  t.match(await about(t, 'supply', says('0x50000')), {
    state: 'notice',
    found: /^under-voltage since boot/,
    mend: /power supply/,
  })
  const silent = { 'bin/vcgencmd': undefined }
  t.match(await about(t, 'supply', silent), { state: 'notice', found: /unknown/ })
  const zero = { 'proc/device-tree/model': 'Raspberry Pi Zero 2 W Rev 1.0' }
  t.match(await about(t, 'supply', zero), { state: 'well', found: /no detector/ })
})
