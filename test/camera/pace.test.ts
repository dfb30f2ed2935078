import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { limiter, pacer } from '../../src/camera/pace.js'
import { monotonicMs } from '../../src/lib/clock.js'

t.test('beats come at a steady rate', async t => {
  const beat = pacer(100, new AbortController().signal)
  const began = monotonicMs()
  for (let count = 0; count < 10; count += 1) await beat()
  const took = monotonicMs() - began
  t.ok(took >= 95 && took < 400, `${took} ms for 10 beats of 10 ms`)
})

t.test('lost beats are not made up for', async t => {
  const beat = pacer(50, new AbortController().signal)
  await setTimeout(200)
  await beat()
  const began = monotonicMs()
  await beat()
  await beat()
  t.ok(monotonicMs() - began >= 35)
})

t.test('a pacer ends with its signal', async t => {
  const stop = new AbortController()
  const beat = pacer(0.1, stop.signal)()
  stop.abort()
  await t.rejects(beat, { name: 'AbortError' })
})

t.test('a limiter lets at most its rate through', async t => {
  const due = limiter(20)
  const began = monotonicMs()
  let passed = 0
  while (monotonicMs() - began < 300) {
    if (due()) passed += 1
    await setTimeout(2)
  }
  t.ok(passed >= 4 && passed <= 7, `${passed} in 300 ms at 20 per second`)
})
