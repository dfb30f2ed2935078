import t from 'tap'
import { createEnergyStats } from '../../src/metrics/energy-stats.js'
import { exitFixture } from '../fixtures/exit.js'
import { attributionFixture, measured } from '../fixtures/power.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

const attribution = attributionFixture()

/** A frame that cost a millijoule for every millisecond. */
function frame(stage: 'gate' | 'scout' | 'expert', decode: number, scout: number, expert: number) {
  const timings = { decode, gate: 1, scout, expert }
  return resultFixture({
    exit: exitFixture({ stage }),
    timingsMs: { queue: 0, ...timings, remote: 0, total: 40 },
    energyMj: attribution.attribute(timings),
  })
}

const start = () => createEnergyStats(512, attribution)

t.test('until the expert has looked there is nothing to compare with', async t => {
  const energy = start()
  const nothing = { expertOnly: null, savedShare: null, distinguishable: null, savedJoules: null }
  t.same(energy.snapshot(), {
    mean: null,
    meanByExit: { gate: null, scout: null, expert: null },
    ...nothing,
    ...measured,
  })
  energy.record(frame('scout', 4, 5, 0))
  t.same(energy.snapshot(), {
    mean: 10,
    meanByExit: { gate: null, scout: 10, expert: null },
    ...nothing,
    ...measured,
  })
  t.same(energy.savings(), { expertOnlyJoules: 0, savedJoules: 0 })
})

t.test('a saving that can be told is told, and audits are paid from it', async t => {
  const energy = start()
  for (let i = 0; i < 2; i++) energy.record(frame('gate', 4, 0, 0))
  energy.record(frame('scout', 4, 5, 0))
  energy.record(frame('expert', 10, 5, 30))
  t.same(energy.snapshot(), {
    mean: (5 + 5 + 10 + 46) / 4,
    meanByExit: { gate: 5, scout: 10, expert: 46 },
    expertOnly: 34,
    savedShare: 1 - 16.5 / 34,
    distinguishable: true,
    savedJoules: (4 * 34 - 66) / 1000,
    ...measured,
  })
  t.same(energy.savings(), { expertOnlyJoules: 0.136, savedJoules: 0.07 })
  energy.spend(50)
  t.ok(Math.abs(energy.snapshot().savedJoules! - 0.02) < 1e-9)
  t.same(energy.savings(), { expertOnlyJoules: 0.136, savedJoules: 0.07 }, 'counters never fall')
})

t.test('frames dearer than the expert alone are paid back before more counts as saved', async t => {
  const energy = start()
  energy.record(frame('gate', 4, 0, 0))
  energy.record(frame('expert', 4, 5, 30))
  const { savedJoules } = energy.savings()
  t.ok(savedJoules > 0)
  // 6 mJ more than the expert alone takes
  for (let i = 0; i < 20; i++) energy.record(frame('expert', 4, 5, 30))
  t.ok(energy.snapshot().savedJoules! < 0, 'the API tells the loss')
  t.ok(energy.snapshot().savedShare! < 0)
  t.equal(energy.savings().savedJoules, savedJoules)
  for (let i = 0; i < 3; i++) energy.record(frame('gate', 4, 0, 0))
  t.equal(energy.savings().savedJoules, savedJoules, 'not yet made up for')
  for (let i = 0; i < 20; i++) energy.record(frame('gate', 4, 0, 0))
  t.ok(energy.savings().savedJoules > savedJoules)
})

t.test('a difference that cannot be told from its uncertainty is no number', async t => {
  const energy = createEnergyStats(
    512,
    attributionFixture({ compare: () => ({ distinguishable: false }) }),
  )
  energy.record(frame('expert', 4, 5, 30))
  energy.record(frame('gate', 4, 0, 0))
  t.match(energy.snapshot(), {
    mean: 22.5,
    expertOnly: 34,
    savedShare: null,
    distinguishable: false,
    savedJoules: null,
  })
  t.equal(energy.savings().savedJoules, 0)
  t.ok(energy.savings().expertOnlyJoules > 0)
})

t.test(
  'what is compared are the mean milliseconds of the frames and of the expert alone',
  async t => {
    const asked: unknown[] = []
    const energy = createEnergyStats(
      512,
      attributionFixture({
        compare(...timings) {
          asked.push(timings)
          return { distinguishable: false }
        },
      }),
    )
    energy.record(frame('gate', 4, 0, 0))
    energy.record(frame('expert', 10, 6, 30))
    energy.snapshot()
    t.same(asked, [
      [
        { decode: 7, gate: 1, scout: 3, expert: 15 },
        { decode: 4, gate: 0, scout: 0, expert: 30 },
      ],
    ])
  },
)

t.test('one slow frame does not make the expert look expensive', async t => {
  const energy = start()
  const expertOnly = () => energy.snapshot().expertOnly
  energy.record({ ...expertResult, energyMj: { ...expertResult.energyMj, decode: 600 } })
  t.equal(expertOnly(), 150, 'its network, until a frame tells what unpacking costs')
  const unpacking = (decode: number) =>
    energy.record(resultFixture({ energyMj: { ...resultFixture().energyMj, decode } }))
  for (const decode of [20, 500, 21]) unpacking(decode)
  t.equal(expertOnly(), 171)
  for (let i = 0; i < 10; i++) unpacking(0)
  t.equal(expertOnly(), 171, 'a frame that nobody opened does not count')
})
