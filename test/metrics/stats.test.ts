import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { ExitReason } from '../../src/cascade/detection.js'
import { createStats } from '../../src/metrics/stats.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

t.test('a camera without results has nothing but zeros and nulls', async t => {
  const stats = createStats('porch')
  t.match(stats.snapshot(), {
    id: 'porch',
    analysed: 0,
    fps: 0,
    exits: [],
    exitShares: { gate: 0, scout: 0, expert: 0 },
    latencyMs: { total: { p50: null, p95: null } },
    energyMj: { mean: null, expertOnly: null, savedShare: null },
  })
  t.equal(stats.watts(), 0)
})

t.test(
  'exits, latency and energy are counted, and compared with the expert on every frame',
  async t => {
    const stats = createStats('porch')
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
    t.equal(
      snapshot.energyMj.expertOnly,
      150,
      'the expert alone, while nothing tells what unpacking it costs',
    )
    t.equal(stats.joules(), (3 * 52.5 + 213) / 1000)
    t.ok(Math.abs(stats.watts() - 0.3705) < 1e-9, 'over at least a second')
  },
)

t.test('rates are those of the last seconds only', async t => {
  const stats = createStats('porch', 0.05)
  stats.record(resultFixture())
  t.ok(stats.snapshot().fps > 0)
  await sleep(80)
  t.equal(stats.snapshot().fps, 0)
  t.equal(stats.watts(), 0)
  t.equal(stats.snapshot().analysed, 1)
})

t.test(
  "the expert on every frame is charged for its own unpacking and not for the gate's",
  async t => {
    const stats = createStats('porch')
    const energy = (decode: number, expert: number) => ({
      ...expertResult.energyMj,
      decode,
      expert,
    })
    const exit = (stage: 'gate' | 'scout' | 'expert', reason: ExitReason) => ({
      ...expertResult.exit,
      stage,
      reason,
    })
    // unpacked for the gate (20) and for the expert (30)
    stats.record({ ...expertResult, exit: exit('expert', 'refresh'), energyMj: energy(50, 150) })
    t.equal(stats.snapshot().energyMj.expertOnly, 200, "until a frame tells the gate's share")
    stats.record({ ...expertResult, exit: exit('scout', 'empty'), energyMj: energy(25, 0) })
    t.equal(stats.snapshot().energyMj.expertOnly, 175)
    stats.record({ ...expertResult, exit: exit('gate', 'unchanged'), energyMj: energy(20, 0) })
    t.equal(stats.snapshot().energyMj.expertOnly, 180)
  },
)
