import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { networksOf } from '../../src/cascade/zoo.js'
import type { ReadMeter } from '../../src/doctor/finding.js'
import { checkMeters } from '../../src/doctor/meters.js'
import { readState } from '../../src/doctor/state.js'
import { believePublished, conditionsOf } from '../../src/power/attribution/believe.js'
import { writeCalibration } from '../../src/power/attribution/calibration-file.js'
import { beliefFixture } from '../fixtures/belief.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const pmic: ReadMeter = {
  kind: 'pmic',
  name: 'pmic',
  scope: 'soc',
  source: 'vcgencmd pmic_read_adc',
  watts: 1.9005,
  warnings: [],
}

const ina: ReadMeter = {
  ...{ kind: 'ina', name: 'ina226', scope: 'board', source: '/sys/class/hwmon/hwmon4 (ina226)' },
  ...{ watts: 4.14, warnings: ['Set the shunt.'] },
}

/** What is told of such meters on a Pi 5. */
async function toldOf(t: Test, meters: readonly ReadMeter[], power: object = {}) {
  const surroundings = await surroundingsOf(t, 'doctor-pi5', { power })
  return checkMeters({ ...surroundings, findMeters: async () => meters })
}

t.test('a meter is told with its watts, and what to mend', async t => {
  t.match(await toldOf(t, [pmic]), [
    { state: 'well', essential: false, found: 'pmic: 1.90 W of the chip (vcgencmd pmic_read_adc)' },
  ])
  t.match(await toldOf(t, [ina]), [
    { state: 'notice', found: /^ina226: 4\.14 W of the board/, mend: 'Set the shunt.' },
  ])
})

t.test('of several it is told which one the service reads: the first that fits', async t => {
  const first = await toldOf(t, [ina, pmic])
  t.match(first, [
    { state: 'notice', found: /\(ina226\)\); squint reads this one$/, details: { read: true } },
    { state: 'well', found: /adc\); not read$/, details: { kind: 'pmic', read: false } },
  ])
  t.equal(first.length, 2)
  const named = await toldOf(t, [ina, { ...pmic, name: 'second' }], { meter: 'pmic' })
  t.match(named, [
    { state: 'well', found: /not read$/, mend: undefined },
    { state: 'well', found: /^second.*squint reads this one$/ },
  ])
  t.equal(named.length, 2)
})

t.test('a meter that is turned off is not read, and that is as it should be', async t => {
  const findings = await toldOf(t, [pmic], { meter: 'off' })
  t.match(findings, [
    { state: 'well', found: /not read$/ },
    {
      state: 'well',
      found: /^nothing is read, as power\.meter is off: energy is modelled/,
      mend: undefined,
    },
  ])
  t.equal(findings.length, 2)
})

t.test('a configured meter that is not there is told, with what is', async t => {
  const absent = /^power\.meter is jetson, which is not there: energy is modelled, ±\d+ %$/
  t.match(await toldOf(t, [ina, pmic], { meter: 'jetson' }), [
    { state: 'well', found: /not read$/ },
    { state: 'well', found: /not read$/ },
    { state: 'notice', found: absent, mend: 'power.meter: auto would read ina226.' },
  ])
  t.match(await toldOf(t, [], { meter: 'jetson' }), [
    { state: 'notice', found: absent, mend: /vcgencmd/ },
  ])
})

t.test('meters are looked for with the rails of the configuration', async t => {
  const configuration = { power: { rails: ['VDD_SOC'] } }
  const { sysfs, path, ...more } = await surroundingsOf(t, 'doctor-pi5', configuration)
  const findMeters = async (where: object) => {
    t.same(where, { sysfs, path, rails: ['VDD_SOC'] })
    return [pmic]
  }
  t.equal((await checkMeters({ ...more, sysfs, path, findMeters })).length, 1)
})

t.test('a meter that is silent says why, and energy is modelled', async t => {
  t.match(await toldOf(t, [{ ...pmic, watts: null, reason: 'EIO' }]), [
    { state: 'notice', found: 'pmic (vcgencmd pmic_read_adc) does not answer: EIO' },
    { state: 'notice', found: /^no answer: energy is modelled, ±\d+ %$/ },
  ])
  t.match(await toldOf(t, [{ ...pmic, watts: null }, ina]), [
    { state: 'notice', found: /no reason told; squint reads this one$/ },
    { state: 'well', found: /not read$/ },
    { found: /^no answer/ },
  ])
})

t.test('without a meter it is told how energy is known, and what would measure it', async t => {
  for (const [model, uncertainty, mend] of [
    ['Raspberry Pi 5 Model B Rev 1.0', 51, /own meter.*vcgencmd/],
    ['Raspberry Pi 4 Model B Rev 1.4', 31, /^An INA226/],
    ['NVIDIA Jetson Nano Developer Kit', 0, /INA3221/],
    ['Some PC', 70, /RAPL/],
  ] as const) {
    const files = { 'proc/device-tree/model': model }
    const [finding, ...more] = await checkMeters(await surroundingsOf(t, 'doctor-pi5', {}, files))
    t.match(finding, { state: 'notice', found: /^none: energy is modelled, ±\d+ %$/, mend })
    if (uncertainty > 0) t.match(finding!.found, `±${uncertainty} %`)
    t.same(more, [])
  }
})

t.test('RAPL that only root may read is told with the command that opens it', async t => {
  const package1 = 'sys/class/powercap/intel-rapl:1'
  const files = { [`${package1}/name`]: 'package-1\n', [`${package1}/energy_uj`]: '240422366267' }
  const surroundings = await surroundingsOf(t, 'doctor-x86', {}, files)
  t.equal((await checkMeters(surroundings)).length, 1, 'readable')
  const { board, configuration } = surroundings
  await chmod(join(board.root, package1, 'energy_uj'), 0)
  // root may read everything: somebody else asks
  const isRoot = process.geteuid!() === 0
  if (isRoot) process.seteuid!(65534)
  try {
    t.match(await checkMeters(surroundings), [
      {
        state: 'notice',
        found: /only for root.*PLATYPUS/,
        mend: /^echo 'z \/sys\/class\/powercap\/intel-rapl:\*\/energy_uj 0440 root video' \| sudo tee/,
      },
      { found: /modelled/ },
    ])
    const { config } = configuration
    const power = { ...config.power, meter: 'pmic' as const }
    const other = { ...configuration, config: { ...config, power } }
    t.equal((await checkMeters({ ...surroundings, configuration: other })).length, 1, 'not wanted')
  } finally {
    if (isRoot) process.seteuid!(0)
  }
})

t.test('RAPL that cannot be read for another reason is not said to be only for root', async t => {
  const surroundings = await surroundingsOf(
    t,
    'doctor-x86',
    {},
    {
      'sys/class/powercap/intel-rapl:0/name': 'package-0\n',
      'sys/class/powercap/intel-rapl:0/energy_uj/folder': '',
    },
  )
  t.match(await checkMeters(surroundings), [{ found: /^none: energy is modelled/ }])
})

t.test('a calibrated device needs no meter, as long as the calibration holds', async t => {
  const surroundings = await surroundingsOf(t, 'doctor-pi5')
  const { config } = surroundings.configuration
  const calibration = join(surroundings.board.root, 'calibration.json')
  const power = { ...config.power, calibration }
  const calibrated = {
    ...surroundings,
    configuration: { ...surroundings.configuration, config: { ...config, power } },
  }
  const { sysfs } = surroundings
  const { threads } = config.cascade
  const networks = await networksOf(config.cascade)
  const state = await readState(surroundings)
  const { draw } = beliefFixture([0.5, 0.5, 0.5, 0.5, 0.5], { own: 0.04, scale: 0.02 })
  const found = {
    draw,
    idle: { watts: 2.5, scope: 'board', uncertainty: 0.1, method: 'calibrated' },
    scope: 'board',
    noise: 0.01,
    checks: [],
    error: 0,
  } as const
  const { board } = await believePublished({ sysfs, networks, threads })
  const made = { at: '2026-11-23T09:00:00.000Z', meter: 'ina226' }
  const conditions = conditionsOf(board, { networks, threads, state })
  await writeCalibration(calibration, found, { ...made, conditions })
  t.match(await checkMeters(calibrated), [
    { state: 'well', found: 'none: energy is calibrated, ±10 %' },
  ])
  const others = { ...conditions, threads: 4 }
  await writeCalibration(calibration, found, { ...made, conditions: others })
  t.match(await checkMeters(calibrated), [
    {
      state: 'notice',
      found: /modelled/,
      mend: /was made with threads 4, now it is 1.*--calibrate/,
    },
  ])
})
