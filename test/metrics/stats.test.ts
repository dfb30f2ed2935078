import t from 'tap'
import { createStats } from '../../src/metrics/stats.js'
import { attributionFixture, measured } from '../fixtures/power.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

t.test('a camera without results has nothing but zeros and nulls', async t => {
  const stats = createStats('porch', attributionFixture())
  t.match(stats.snapshot(), {
    id: 'porch',
    analysed: 0,
    fps: 0,
    exits: [],
    exitShares: { gate: 0, scout: 0, expert: 0 },
    latencyMs: { total: { p50: null, p95: null } },
    energyMj: { mean: null, expertOnly: null, savedShare: null, ...measured },
  })
  t.equal(stats.watts(), 0)
})

t.test(
  'exits, latency and energy are counted, and compared with the expert on every frame',
  async t => {
    const stats = createStats('porch', attributionFixture())
    for (let i = 0; i < 3; i++) stats.record(resultFixture())
    t.equal(stats.snapshot().energyMj.savedShare, null, 'nothing to compare with yet')
    stats.record(expertResult)
    t.equal(stats.skip('stale'), 1)
    t.equal(stats.skip('failed'), 1)
    const snapshot = stats.snapshot()
    t.match(snapshot, {
      analysed: 4,
      stale: 1,
      failed: 1,
      exitShares: { gate: 0, scout: 0.75, expert: 0.25 },
    })
    t.same(snapshot.exits, [
      { stage: 'scout', reason: 'confident', frames: 3 },
      { stage: 'expert', reason: 'ambiguous', frames: 1 },
    ])
    t.same(
      snapshot.latencyMs.expert,
      { p50: 30, p95: 30 },
      'only frames that needed the stage count',
    )
    t.same(snapshot.latencyMs.scout, { p50: 6.4, p95: 6.4 })
    t.equal(snapshot.energyMj.mean, (3 * 52.5 + 213) / 4)
    t.equal(snapshot.energyMj.expertOnly, 169.5, 'its network and one unpacking')
    t.equal(stats.joules(), (3 * 52.5 + 213) / 1000)
    t.ok(Math.abs(stats.watts() - 0.3705) < 1e-9, 'over at least a second')
    t.equal(snapshot.fps, 4)
    stats.spend(129.5)
    t.equal(stats.snapshot().fps, 4, 'an audit is no frame')
    t.equal(stats.joules(), 0.5)
    t.ok(Math.abs(stats.snapshot().energyMj.savedJoules! - (4 * 0.1695 - 0.5)) < 1e-9)
    t.ok(Math.abs(stats.savings().expertOnlyJoules - 4 * 0.1695) < 1e-9)
  },
)
