import t from 'tap'
import { compareRounds, mean, percentile, spreadOf } from '../../src/bench/summary.js'

t.test('a percentile lies between neighbours, as numpy has it', async t => {
  const values = [40, 10, 30, 20]
  t.equal(percentile(values, 0), 10)
  t.equal(percentile(values, 0.5), 25)
  t.equal(percentile(values, 0.25), 17.5)
  t.equal(percentile(values, 1), 40)
  t.equal(percentile([7], 0.95), 7)
  t.same(values, [40, 10, 30, 20], 'and the numbers keep their order')
})

t.test('what never happened is slower than anything, and no riddle', async t => {
  t.equal(percentile([1, 2, 3, Infinity], 0.5), 2.5)
  t.equal(percentile([1, 2, Infinity, Infinity], 0.5), Infinity)
  t.equal(percentile([1, Infinity, Infinity], 0.75), Infinity)
})

t.test('nothing has no percentile and no spread', async t => {
  t.throws(() => percentile([], 0.5), { name: 'RangeError', message: /found none/ })
  t.throws(() => spreadOf([]), RangeError)
  t.ok(Number.isNaN(mean([])))
})

t.test('repeated runs are a median and how far they spread', async t => {
  t.same(spreadOf([5, 1, 2, 3, 4]), {
    runs: 5,
    median: 3,
    min: 1,
    max: 5,
    lowerQuartile: 2,
    upperQuartile: 4,
  })
  t.equal(mean([1, 2, 6]), 3)
})

t.test('two series are compared round by round, so that a slow moment hits both', async t => {
  const slowRound = 10
  const { ratio, clearly } = compareRounds([8, 8 * slowRound, 9], [10, 10 * slowRound, 10])
  t.same([ratio.min, ratio.median, ratio.max], [0.8, 0.8, 0.9])
  t.equal(clearly, 'under')
})

t.test('one round that says otherwise leaves a comparison unclear', async t => {
  t.equal(compareRounds([8, 8, 10], [10, 10, 10]).clearly, 'unclear')
  t.equal(compareRounds([8, 12], [10, 10]).clearly, 'unclear')
  t.equal(compareRounds([11, 12], [10, 10]).clearly, 'over')
})

t.test('rounds of one series only are refused', async t => {
  t.throws(() => compareRounds([1, 2], [1]), { name: 'RangeError', message: /found 2, 1/ })
  t.throws(() => compareRounds([], []), RangeError)
})
