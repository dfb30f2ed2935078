import t from 'tap'
import { createHistory } from '../../src/metrics/history.js'
import type { EnergyMethod } from '../../src/power/energy.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

/** The wall clock stood at a quarter past a second when the monotonic one stood at 5000. */
const wall = Date.parse('2026-11-22T21:05:00.250Z')
const at = 5000
/** Monotonic milliseconds of so many seconds after 21:05:00. */
const after = (seconds: number): number => at + seconds * 1000 - 250

const nothing = {
  frames: 0,
  exits: { gate: 0, scout: 0, expert: 0 },
  millijoules: { decode: 0, gate: 0, scout: 0, expert: 0, audit: 0 },
  method: null,
  latencyMs: null,
  watts: null,
  celsius: null,
}

const start = (seconds = 10) => {
  const history = createHistory({ seconds, at, wall })
  return {
    ...history,
    last: (seconds: number, now: number) =>
      history.list(seconds, after(now), wall + after(now) - at),
  }
}

t.test('what happened in a second is added up, and the running second is left out', async t => {
  const history = start()
  history.record(resultFixture(), after(1.1))
  history.record(expertResult, after(1.9))
  history.audited({ ...expertResult.energyMj, total: 20 }, after(1.95))
  history.record(resultFixture(), after(2.1))
  t.same(history.last(2, 2.5), [
    { at: '2026-11-22T21:05:00.000Z', ...nothing },
    {
      at: '2026-11-22T21:05:01.000Z',
      frames: 2,
      exits: { gate: 0, scout: 1, expert: 1 },
      millijoules: { decode: 49.5, gate: 2, scout: 64, expert: 150, audit: 20 },
      method: 'measured',
      latencyMs: { p50: 44, max: 44 },
      watts: null,
      celsius: null,
    },
  ])
  t.match(history.last(1, 3.5), [{ at: '2026-11-22T21:05:02.000Z', frames: 1 }])
})

t.test('a picture of no camera has cost joules, and is no frame', async t => {
  const history = start()
  history.uploaded(expertResult.energyMj, after(1.5))
  t.same(history.last(1, 2), [
    {
      at: '2026-11-22T21:05:01.000Z',
      ...nothing,
      millijoules: { decode: 30, gate: 1, scout: 32, expert: 150, audit: 0 },
      method: 'measured',
    },
  ])
})

t.test('joules of a second are known as the least known of them', async t => {
  const history = start()
  const known = (method: EnergyMethod) => ({ ...expertResult.energyMj, method })
  history.uploaded(known('measured'), after(1.1))
  history.audited(known('calibrated'), after(1.2))
  history.uploaded(known('measured'), after(1.3))
  history.record(resultFixture({ energyMj: known('calibrated') }), after(2.1))
  history.record(resultFixture({ energyMj: known('modelled') }), after(2.2))
  history.record(resultFixture({ energyMj: known('measured') }), after(2.3))
  const free = { total: 0, decode: 0, gate: 0, scout: 0, expert: 0 }
  history.record(resultFixture({ energyMj: { ...known('modelled'), ...free } }), after(3.1))
  t.same(
    history.last(4, 4).map(({ method }) => method),
    [null, 'calibrated', 'modelled', null],
    'no joules, no method',
  )
  t.same(
    history.last(1, 14).map(({ method }) => method),
    [null],
    'what was there the last time round is forgotten',
  )
})

t.test('there are always as many points as are asked for, and no more than are kept', async t => {
  const history = start(4)
  t.same(
    history.last(3, 0).map(point => point.at),
    ['2026-11-22T21:04:57.000Z', '2026-11-22T21:04:58.000Z', '2026-11-22T21:04:59.000Z'],
  )
  for (let second = 0; second < 23; second++) history.record(resultFixture(), after(second + 0.5))
  t.same(
    history.last(9, 20).map(({ frames }) => frames),
    [1, 1, 1, 1],
  )
  t.same(
    history.last(4, 25).map(({ frames }) => frames),
    [1, 1, 0, 0],
    'what was there the last time round is forgotten',
  )
  t.same(history.last(4, 1000), history.last(4, 1000))
  t.match(history.last(4, 1000)[3], nothing)
})

t.test('latency is the median of the newest frames of a second and the slowest of all', async t => {
  const history = start()
  const after200 = (total: number) =>
    history.record(
      resultFixture({ timingsMs: { ...resultFixture().timingsMs, total } }),
      after(1.2),
    )
  after200(900)
  for (const total of [3, 1, 2]) after200(total)
  t.same(history.last(1, 2)[0]?.latencyMs, { p50: 3, max: 900 })
  for (let i = 0; i < 64; i++) after200(7)
  t.same(history.last(1, 2)[0]?.latencyMs, { p50: 7, max: 900 })
  t.equal(history.last(1, 2)[0]?.frames, 68)
})

t.test("a second's watts are the mean over time of the readings that speak for it", async t => {
  const history = start()
  history.measured(2, after(1.5))
  // half of this reading's time belongs to the second before
  history.measured(4, after(2.5))
  history.measured(6, after(2.75))
  history.measured(5, after(3))
  history.warmed(60, after(2.5))
  t.same(
    history.last(3, 3).map(({ watts, celsius }) => [watts, celsius]),
    [
      [null, null],
      [3, null],
      [4.75, 60],
    ],
  )
})

t.test('a meter that was silent leaves a hole', async t => {
  const history = start()
  history.measured(2, after(1.9))
  history.measured(4, after(6.5))
  t.same(
    history.last(6, 7).map(({ watts }) => watts),
    [2, null, null, null, null, 4],
  )
})

t.test(
  'labels follow a wall clock that was set, and do not tremble with one that drifts',
  async t => {
    const history = createHistory({ seconds: 10, at, wall })
    history.record(resultFixture(), after(1.5))
    const labelled = (offset: number) => {
      const points = history.list(3, after(3), wall + after(3) - at + offset)
      return points.find(({ frames }) => frames === 1)?.at
    }
    t.equal(labelled(0), '2026-11-22T21:05:01.000Z')
    t.equal(labelled(300), '2026-11-22T21:05:01.000Z')
    t.equal(labelled(3_600_000), '2026-11-22T22:05:01.000Z')
  },
)

t.test('without being told the time it is now', async t => {
  const history = createHistory({ seconds: 2 })
  history.record(resultFixture())
  history.audited(resultFixture().energyMj)
  history.uploaded(resultFixture().energyMj)
  history.measured(3)
  history.warmed(50)
  const points = history.list(2)
  t.equal(points.length, 2)
  const age = Date.now() - Date.parse(points[1]!.at)
  t.ok(age >= 1000 && age < 2500, `${age} ms`)
})
