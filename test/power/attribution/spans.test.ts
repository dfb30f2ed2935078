import t from 'tap'
import { createSpans } from '../../../src/power/attribution/spans.js'

const look = { decode: 10, gate: 2, scout: 0, expert: 20 }
const watts = [1, 2, 3, 4, 5]

t.test(
  'a look is as long as its stages, one after the other, and ends when it is told',
  async t => {
    const spans = createSpans()
    spans.add(1000, look, watts)
    const busy = [0, 0, 0, 0, 0]
    // decode 968-978, gate 978-980, expert 980-1000
    t.equal(spans.within(973, 990, busy), 5 * 1 + 2 * 2 + 10 * 4)
    t.same(busy, [5, 2, 0, 10, 0])
    t.equal(spans.within(0, 2000, busy), 10 + 4 + 80)
    t.same(busy, [15, 4, 0, 30, 0], 'added to what was there')
  },
)

t.test('two windows share what lies across their border, and nothing is counted twice', async t => {
  const spans = createSpans()
  for (let end = 100; end <= 2000; end += 100) spans.add(end, look, watts)
  let total = 0
  for (let from = 0; from < 2000; from += 37) {
    total += spans.within(from, Math.min(from + 37, 2000), [0, 0, 0, 0, 0])
  }
  t.ok(Math.abs(total - 20 * 94) < 1e-9)
})

t.test('the oldest are forgotten when the ring is full', async t => {
  const spans = createSpans(3)
  spans.add(1000, look, watts)
  spans.add(2000, { decode: 0, gate: 1, scout: 0, expert: 0 }, watts)
  const busy = [0, 0, 0, 0, 0]
  spans.within(0, 3000, busy)
  t.same(busy, [0, 3, 0, 20, 0], 'the first look has lost its first stage')
  t.equal(spans.within(1500, 1800, busy), 0)
})
