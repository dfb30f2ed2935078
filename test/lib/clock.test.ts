import t from 'tap'
import { monotonicMs, wallMs } from '../../src/lib/clock.js'

t.test('the monotonic clock moves forward in fractions of a millisecond', async t => {
  const before = monotonicMs()
  t.ok(monotonicMs() >= before)
  t.ok(Math.abs(wallMs() - Date.now()) < 1000)
})
