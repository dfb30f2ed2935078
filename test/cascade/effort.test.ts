import t from 'tap'
import { effortAt, FULL_EFFORT, movedBy } from '../../src/cascade/effort.js'

const bounds = { fps: 10, minFps: 1 }

t.test('the highest level is full effort, the lowest the floor', async t => {
  t.same(effortAt(1, bounds), FULL_EFFORT)
  t.same(movedBy(FULL_EFFORT), [])
  const floor = effortAt(0, bounds)
  t.match(floor, { doubt: 0.6, expertEveryMs: 10_000 })
  t.ok(Math.abs(floor.lookEveryMs - 1000) < 1e-6)
  t.same(movedBy(floor), ['thresholds', 'escalations', 'rate'])
})

t.test('what is cheapest to lose moves first', async t => {
  t.same(movedBy(effortAt(0.99, bounds)), ['thresholds'])
  t.same(movedBy(effortAt(0.9, bounds)), ['thresholds'])
  t.same(movedBy(effortAt(0.8, bounds)), ['thresholds', 'escalations'])
  t.same(movedBy(effortAt(0.5, bounds)), ['thresholds', 'escalations', 'rate'])
})

t.test('every knob is monotone in the level, and continuous', async t => {
  const steps = 10_000
  for (const fps of [2, 10, 30]) {
    let last = effortAt(1, { fps, minFps: 0.5 })
    for (let step = steps - 1; step >= 0; step--) {
      const effort = effortAt(step / steps, { fps, minFps: 0.5 })
      const drops = {
        doubt: last.doubt - effort.doubt,
        look: effort.lookEveryMs - last.lookEveryMs,
        expert: effort.expertEveryMs - last.expertEveryMs,
      }
      const steady = drops.doubt >= 0 && drops.look >= 0 && drops.expert >= 0
      const smooth = drops.doubt < 0.001 && drops.look < 4 && drops.expert < 40
      if (!steady || !smooth) t.fail(`at level ${step / steps}: ${JSON.stringify(drops)}`)
      last = effort
    }
    t.equal(Math.round(last.lookEveryMs), 2000)
  }
})

t.test('the rate falls by the same factor for the same step of the level', async t => {
  const rate = (level: number) => effortAt(level, { fps: 20, minFps: 1 }).lookEveryMs
  t.ok(Math.abs(rate(0.2) / rate(0.3) - rate(0.1) / rate(0.2)) < 1e-9)
  t.ok(rate(0.1) / rate(0.2) > 1.5)
})

t.test('a camera that is slower than the floor keeps its rate', async t => {
  t.equal(effortAt(0, { fps: 0.5, minFps: 1 }).lookEveryMs, 0)
  t.notOk(movedBy(effortAt(0, { fps: 0.5, minFps: 1 })).includes('rate'))
})
