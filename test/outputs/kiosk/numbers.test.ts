import t from 'tap'
import {
  amount,
  count,
  duration,
  megabytes,
  percent,
  percentRange,
  rate,
  stageAmount,
  timeOfDay,
  times,
  watts,
} from '../../../src/outputs/kiosk/numbers.js'

t.test('what is not known is a dash, never a zero', async t => {
  for (const say of [amount, stageAmount, watts, percent, rate, count, duration]) {
    t.equal(say(null), '–')
    t.equal(say(undefined), '–')
  }
  t.equal(amount(0), '0.00')
  t.equal(stageAmount(0), '–', 'a stage that took no time did not run')
})

t.test('numbers have the digits that matter', async t => {
  t.same([0.234, 3.06, 41.25, 186.4].map(amount), ['0.23', '3.1', '41.3', '186'])
  t.same([0.148, 12.34].map(watts), ['0.15 W', '12.3 W'])
  t.same([0.004, 0.034, 1].map(percent), ['0.4 %', '3 %', '100 %'])
  t.same([9.96, 120].map(rate), ['10.0', '120'])
  t.equal(count(12_345), '12,345')
  t.equal(megabytes(313_400_000), '313 MB')
  t.equal(percentRange(0.874, 0.98), '87–98 %')
  t.same([1, 12].map(times), ['', '×12'])
})

t.test('times are told as people tell them', async t => {
  const minute = 60_000
  const spans = [-5, 140, 12_000, 5 * minute, 192 * minute, 99 * 60 * minute]
  t.same(spans.map(duration), ['0.0 s', '0.1 s', '12 s', '5 min', '3 h 12 min', '4 d 3 h'])
  t.equal(timeOfDay(new Date(2026, 10, 22, 9, 4, 5).getTime()), '09:04:05')
})
