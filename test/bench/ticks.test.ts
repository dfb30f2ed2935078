import t from 'tap'
import { roundTicks } from '../../src/bench/ticks.js'

t.test('ticks are round and enclose the data', async t => {
  t.same(roundTicks(0, 1, 6).values, [0, 0.2, 0.4, 0.6, 0.8, 1])
  t.same(roundTicks(0.47, 0.77, 7).labels, [
    '0.45',
    '0.50',
    '0.55',
    '0.60',
    '0.65',
    '0.70',
    '0.75',
    '0.80',
  ])
  t.same(roundTicks(3, 18.7, 5).values, [0, 5, 10, 15, 20])
  t.same(roundTicks(-3, 4, 9).values, [-3, -2, -1, 0, 1, 2, 3, 4])
})

t.test('large and small numbers read well', async t => {
  t.same(roundTicks(0, 2e6, 5).labels, ['0', '500,000', '1,000,000', '1,500,000', '2,000,000'])
  t.same(roundTicks(0, 0.0003, 4).labels, ['0.0000', '0.0001', '0.0002', '0.0003'])
})

t.test('a single number stands in the middle', async t => {
  t.same(roundTicks(4, 4, 5).values, [2, 3, 4, 5, 6])
  t.same(roundTicks(0, 0, 3).values, [-0.5, 0, 0.5])
  t.same(roundTicks(-4, -4, 5).values, [-6, -5, -4, -3, -2])
})

t.test('whatever the range: enclosed, evenly spaced, few', async t => {
  for (let i = 1; i < 100; i++) {
    const low = Math.sin(i) * 10 ** ((i % 9) - 4)
    const high = low + (1.1 + Math.cos(i)) * 10 ** ((i % 7) - 3)
    const { values, labels } = roundTicks(low, high, 7)
    const steps = values.slice(1).map((value, at) => value - values[at]!)
    t.ok(values[0]! <= low && values.at(-1)! >= high, `${low}..${high}: ${values}`)
    t.ok(steps.every(step => Math.abs(step / steps[0]! - 1) < 1e-6))
    t.ok(values.length >= 3 && values.length <= 8, `${values.length}`)
    t.equal(new Set(labels).size, values.length, `each reads differently: ${labels}`)
  }
})
