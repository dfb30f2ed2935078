import t from 'tap'
import { createSpending } from '../../src/metrics/spending.js'

/** A clock that the test turns. */
function start(rateSeconds?: number) {
  let seconds = 1000
  const spending = createSpending({
    ...(rateSeconds !== undefined && { rateSeconds }),
    now: () => seconds * 1000,
  })
  /** A frame of 90 mJ each time. */
  function frames(count: number, everySeconds: number): void {
    for (let i = 0; i < count; i++) {
      seconds += everySeconds
      spending.add(90, 1)
    }
  }
  function wait(more: number): void {
    seconds += more
  }
  return { spending, frames, wait }
}

t.test('nothing was spent at first', async t => {
  const { spending } = start()
  t.same(spending.rates(), { watts: 0, fps: 0 })
  t.equal(spending.joules(), 0)
})

t.test('a slow camera is not told faster than it is', async t => {
  // any moment between two frames sees as many of them
  const { spending, frames, wait } = start(12)
  frames(8, 3)
  for (const later of [0, 1, 1]) {
    wait(later)
    const { watts, fps } = spending.rates()
    t.ok(Math.abs(fps - 1 / 3) < 1e-9, `${fps} per second`)
    t.ok(Math.abs(watts - 0.03) < 1e-9, `${watts} W`)
  }
})

t.test('a service that has just started looks back no further than its start', async t => {
  const { spending, frames } = start()
  frames(1, 0.1)
  t.same(spending.rates(), { watts: 0.09, fps: 1 }, 'over a second at least')
  frames(19, 0.1)
  t.ok(Math.abs(spending.rates().fps - 10) < 1e-6)
})

t.test('rates are those of the last seconds, joules those of all', async t => {
  const { spending, frames, wait } = start()
  frames(10, 1)
  spending.add(100, 0)
  t.ok(Math.abs(spending.rates().watts - 0.1) < 1e-9)
  t.equal(spending.rates().fps, 1, 'joules without a frame')
  wait(5)
  t.ok(Math.abs(spending.rates().fps - 0.5) < 1e-9)
  wait(5)
  t.same(spending.rates(), { watts: 0, fps: 0 })
  t.ok(Math.abs(spending.joules() - 1) < 1e-9)
})

t.test('without being told the time it is now', async t => {
  const spending = createSpending()
  spending.add(500, 1)
  t.same(spending.rates(), { watts: 0.5, fps: 1 })
})
