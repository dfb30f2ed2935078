import t from 'tap'
import { createSpans } from '../../../src/power/attribution/spans.js'

const look = { decode: 10, gate: 2, scout: 0, expert: 20 }
const watts = [1, 2, 3, 4, 5]
const threads = [1, 1, 1, 1]

t.test(
  'a look is as long as its stages, one after the other, and ends when it is told',
  async t => {
    const spans = createSpans()
    spans.add(1000, look, watts)
    // decode 968-978, gate 978-980, expert 980-1000
    const { busy, charged } = spans.shares({ from: 973, to: 993, busySeconds: 0 }, threads)
    t.same(busy, [5 / 20, 2 / 20, 0, 13 / 20, 0])
    t.equal(charged, (5 * 1 + 2 * 2 + 13 * 4) / 1000)
  },
)

t.test('two windows share what lies across their border, and nothing is counted twice', async t => {
  const spans = createSpans()
  for (let end = 100; end <= 2000; end += 100) spans.add(end, look, watts)
  let joules = 0
  for (let from = 0; from < 2000; from += 37) {
    const to = Math.min(from + 37, 2000)
    joules += spans.shares({ from, to, busySeconds: 0 }, threads).charged
  }
  t.ok(Math.abs(joules - (20 * 94) / 1000) < 1e-9)
})

t.test('what keeps processors busy beside the stages is of others', async t => {
  const spans = createSpans()
  spans.add(1000, look, watts)
  const stretch = { from: 0, to: 1000, busySeconds: 0.5 }
  t.ok(Math.abs(spans.shares(stretch, threads).busy[4]! - (0.5 - 0.032)) < 1e-9)
  t.ok(Math.abs(spans.shares(stretch, [1, 1, 1, 4]).busy[4]! - (0.5 - 0.092)) < 1e-9)
  t.equal(spans.shares({ ...stretch, busySeconds: 0.01 }, threads).busy[4], 0)
})

t.test('the oldest are forgotten when the ring is full', async t => {
  const spans = createSpans(3)
  spans.add(1000, look, watts)
  spans.add(2000, { decode: 0, gate: 1, scout: 0, expert: 0 }, watts)
  const { busy } = spans.shares({ from: 0, to: 4000, busySeconds: 0 }, threads)
  t.same(busy, [0, 3 / 4000, 0, 20 / 4000, 0], 'the first look has lost its first stage')
  t.equal(spans.shares({ from: 1500, to: 1800, busySeconds: 0 }, threads).charged, 0)
})
