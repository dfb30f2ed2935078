import t from 'tap'
import { monotonicMs } from '../../src/lib/clock.js'
import { sleep } from '../../src/lib/sleep.js'

t.test('sleep waits', async t => {
  const began = monotonicMs()
  await sleep(20, new AbortController().signal)
  t.ok(monotonicMs() - began >= 18)
})

t.test('sleep ends at once when its signal aborts', async t => {
  const stop = new AbortController()
  const slept = sleep(60_000, stop.signal)
  stop.abort()
  await t.rejects(slept, { name: 'AbortError' })
  await t.rejects(sleep(60_000, stop.signal), { name: 'AbortError' })
})
