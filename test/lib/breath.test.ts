import t from 'tap'
import { createBreath } from '../../src/lib/breath.js'
import { monotonicMs } from '../../src/lib/clock.js'

t.test('long work lets others have the thread every few milliseconds', async t => {
  let turns = 0
  const timer = setInterval(() => {
    turns += 1
  }, 1)
  const breath = createBreath(2)
  t.notOk(breath.due())
  const end = monotonicMs() + 60
  while (monotonicMs() < end) if (breath.due()) await breath.take()
  clearInterval(timer)
  t.ok(turns >= 5, `${turns} turns`)
})
