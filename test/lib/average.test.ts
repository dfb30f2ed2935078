import t from 'tap'
import { createAverage } from '../../src/lib/average.js'

t.test('the first value is the average, and equal weights give the mean', async t => {
  const average = createAverage(10)
  t.ok(Number.isNaN(average.mean()))
  average.add(4, 0)
  t.equal(average.mean(), 4)
  average.add(8, 0)
  t.equal(average.mean(), 6)
})

t.test('after one time constant what went before counts 37 %', async t => {
  const average = createAverage(10)
  average.add(0, 0)
  average.add(1, 10)
  t.ok(Math.abs(average.mean() - 1 / (1 + Math.exp(-1))) < 1e-12)
  average.add(1, 1000)
  t.equal(average.mean(), 1)
})
