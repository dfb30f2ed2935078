import t from 'tap'
import type { BoardStats, MeterStats, PowerStats } from '../../../src/outputs/kiosk/power-stats.js'
import {
  batteryWords,
  meterWords,
  methodWords,
  savedWords,
  scopeWords,
  temperatureWords,
  underVoltageWords,
} from '../../../src/outputs/kiosk/power-words.js'

const meter: MeterStats = {
  name: 'pmic',
  scope: 'board',
  state: 'answering',
  reading: { watts: 3.1 },
  reason: null,
}

const power: PowerStats = {
  board: 'Raspberry Pi 5',
  method: 'measured',
  uncertainty: 0.12,
  watts: 0.4,
  scope: 'board',
  idle: { watts: 2.414, uncertainty: 0.05 },
  meter,
  batteryHours: null,
}

const board = (parts: Partial<BoardStats>): BoardStats => ({
  celsius: null,
  throttled: null,
  underVoltage: { now: null, ever: null },
  ...parts,
})

t.test('energy is told with how it is known, and over what', async t => {
  t.equal(methodWords('modelled', 0.7), 'modelled ±70 %')
  t.equal(meterWords({ ...meter, name: 'rapl', scope: 'soc' }), 'rapl, chip alone')
  t.equal(
    scopeWords(power),
    'counted over the whole board, idle\u00a02.41\u00a0±0.05\u00a0W',
    'idle stays on one line',
  )
  t.equal(
    scopeWords({ ...power, scope: 'process', idle: null }),
    'counted over the work of squint alone',
  )
  t.equal(scopeWords({ ...power, scope: undefined, idle: undefined, meter: undefined }), '')
})

t.test('a silent meter is said in words', async t => {
  const silent: MeterStats = { ...meter, state: 'silent', reading: null, reason: 'no answer' }
  t.equal(
    scopeWords({ ...power, method: 'modelled', meter: silent }),
    'figures are modelled: no answer',
  )
  t.equal(meterWords(silent), 'pmic is silent')
  t.equal(scopeWords({ ...power, meter: silent }), 'no answer')
  t.equal(
    scopeWords({ ...power, method: 'calibrated', meter: { ...silent, reason: null } }),
    'figures are calibrated',
  )
})

t.test('a battery lasts minutes, hours or days', async t => {
  const told = [0.4, 3.25, 11.4, 72].map(batteryWords)
  t.same(told, [
    'battery about 24 min',
    'battery about 3.3 h',
    'battery about 11 h',
    'battery about 3 days',
  ])
  t.same([null, undefined].map(batteryWords), ['', ''])
})

t.test('of a board only what it can tell is said', async t => {
  t.equal(temperatureWords(board({ celsius: 61.4 })), '61 °C')
  t.equal(temperatureWords(board({})), '')
  t.equal(temperatureWords(undefined), '')
  t.equal(underVoltageWords(board({ underVoltage: { now: true, ever: true } })), 'under-voltage')
  t.equal(
    underVoltageWords(board({ underVoltage: { now: false, ever: true } })),
    'under-voltage before',
  )
  t.equal(underVoltageWords(board({ underVoltage: { now: null, ever: null } })), '')
  t.equal(underVoltageWords(undefined), '')
})

t.test('a saving that is not certain is no number', async t => {
  t.equal(savedWords(0.9, true), 'less than the expert on every frame')
  t.equal(savedWords(-0.1, null), 'more than the expert on every frame')
  t.equal(savedWords(null, null), 'saved: not known until the expert has run')
  t.equal(savedWords(0.1, false), 'not distinguishable from the expert on every frame')
})
