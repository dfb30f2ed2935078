import t from 'tap'
import { backoff } from '../../src/lib/backoff.js'

t.test('waits grow along the ladder and stay on its last step', async t => {
  const ladder = backoff({ jitter: 0 })
  const waits = [0, 0, 0, 0, 0].map(healthy => ladder.next(healthy))
  t.same(waits, [1000, 5000, 10_000, 20_000, 20_000])
})

t.test('after a healthy period the ladder begins again', async t => {
  const ladder = backoff({ stepsMs: [1, 2, 3], jitter: 0, healthyMs: 100 })
  t.same(
    [0, 99, 100, 0].map(healthy => ladder.next(healthy)),
    [1, 2, 1, 2],
  )
})

t.test('jitter keeps every wait within a tenth of its step, and waits differ', async t => {
  const waits = Array.from({ length: 200 }, () => backoff().next(0))
  t.ok(waits.every(wait => wait >= 900 && wait <= 1100))
  t.ok(new Set(waits).size > 100)
})
