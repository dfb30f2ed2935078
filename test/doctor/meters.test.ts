import { join } from 'node:path'
import t from 'tap'
import { networksOf } from '../../src/cascade/zoo.js'
import type { FoundMeter } from '../../src/doctor/finding.js'
import { checkMeters } from '../../src/doctor/meters.js'
import { readState } from '../../src/doctor/state.js'
import { believePublished, conditionsOf } from '../../src/power/attribution/believe.js'
import { writeCalibration } from '../../src/power/attribution/calibration-file.js'
import { beliefFixture } from '../fixtures/belief.js'
import { surroundingsOf } from '../fixtures/surroundings.js'

const pmic: FoundMeter = {
  name: 'pmic',
  scope: 'soc',
  source: 'vcgencmd pmic_read_adc',
  watts: 1.9005,
  warnings: [],
}

t.test('meters are told with their watts, and what to mend', async t => {
  const findMeters = async () => [
    pmic,
    { ...pmic, name: 'ina226', scope: 'board' as const, warnings: ['Set the shunt.'] },
  ]
  t.match(await checkMeters({ ...(await surroundingsOf(t, 'doctor-pi5')), findMeters }), [
    { state: 'well', essential: false, found: 'pmic: 1.90 W of the chip (vcgencmd pmic_read_adc)' },
    { state: 'notice', found: /^ina226: 1\.90 W of the board/, mend: 'Set the shunt.' },
  ])
})

t.test('a meter that is silent says why, and energy is modelled', async t => {
  const silent = { ...pmic, watts: null }
  const findMeters = async () => [{ ...silent, reason: 'EIO' }, silent]
  t.match(await checkMeters({ ...(await surroundingsOf(t, 'doctor-pi5')), findMeters }), [
    { state: 'notice', found: 'pmic (vcgencmd pmic_read_adc) does not answer: EIO' },
    { state: 'notice', found: /no reason told$/ },
    { state: 'notice', found: /^none: energy is modelled, ±\d+ %$/ },
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
  const energy = 'sys/class/powercap/intel-rapl:0/energy_uj'
  const surroundings = await surroundingsOf(t, 'doctor-x86', {}, { [energy]: '240422366267' })
  t.equal((await checkMeters(surroundings)).length, 1, 'readable')
  await surroundings.board.forbid(energy)
  t.match(await checkMeters(surroundings), [
    {
      state: 'notice',
      found: /only for root.*PLATYPUS/,
      mend: /^echo 'z \/sys\/class\/powercap\/intel-rapl:\*\/energy_uj 0440 root video' \| sudo tee/,
    },
    { found: /modelled/ },
  ])
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
