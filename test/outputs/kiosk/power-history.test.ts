import t from 'tap'
import {
  fold,
  isHistory,
  type Moment,
  momentsOf,
  type PowerPoint,
  secondsToAsk,
} from '../../../src/outputs/kiosk/power-history.js'

const START = Date.parse('2026-11-22T21:05:00.000Z')

const point = (second: number, expert = 0): PowerPoint => ({
  at: new Date(START + second * 1000).toISOString(),
  millijoules: { decode: 20, gate: 5, scout: 0, expert, audit: 0 },
  latencyMs: { p50: 3, max: 9 },
  watts: null,
})

/** Moments of the seconds from..until, the last one included. */
const seconds = (from: number, until: number): readonly Moment[] =>
  momentsOf({
    everySeconds: 1,
    points: Array.from({ length: until - from + 1 }, (_, i) => point(from + i)),
  })

const told = (moments: readonly Moment[]) => moments.map(({ atMs }) => (atMs - START) / 1000)

t.test('an answer is understood whether or not its points say how joules are known', async t => {
  const answer = (points: readonly object[]) => isHistory({ everySeconds: 1, points })
  t.ok(answer([point(0), { ...point(1), method: 'modelled' }, { ...point(2), method: null }]))
  t.ok(answer([]))
  t.notOk(answer([{ ...point(0), at: 'soon' }]))
  t.notOk(answer([{ ...point(0), millijoules: { decode: 1 } }]))
  t.notOk(isHistory({ everySeconds: 0, points: [] }))
})

t.test('millijoules of a period are watts', async t => {
  const [one] = momentsOf({ everySeconds: 1, points: [point(0, 310)] })
  t.same(one?.work, { decode: 0.02, gate: 0.005, scout: 0, expert: 0.31, audit: 0 })
  t.equal(one?.atMs, START)
  t.same(one?.latencyMs, { p50: 3, max: 9 })
  const [two] = momentsOf({ everySeconds: 2, points: [point(0, 310)] })
  t.equal(two?.work.expert, 0.155)
})

t.test('all is asked for at first, then what is new, after a rest all again', async t => {
  t.equal(secondsToAsk(undefined), 120)
  t.equal(secondsToAsk(2000), 5)
  t.equal(secondsToAsk(40_000), 43)
  t.equal(secondsToAsk(3_600_000), 120)
})

t.test('answers that overlap leave neither gaps nor doubles', async t => {
  t.same(told(fold(seconds(0, 5), seconds(3, 7))), [0, 1, 2, 3, 4, 5, 6, 7])
  t.same(told(fold([], seconds(3, 4))), [3, 4])
})

t.test('more than two minutes are not kept', async t => {
  const kept = told(fold(seconds(0, 119), seconds(118, 121)))
  t.equal(kept.length, 120)
  t.same([kept[0], kept.at(-1)], [2, 121])
})

t.test('an answer with nothing new changes nothing', async t => {
  const known = seconds(0, 5)
  t.equal(fold(known, seconds(3, 5)), known)
  t.equal(fold(known, []), known, 'as after a restart')
})

t.test('what was known before a restart stays, with the time between left empty', async t => {
  t.same(told(fold(seconds(0, 3), seconds(8, 9))), [0, 1, 2, 3, 8, 9])
})

t.test('a clock that was set moves on with the newest answer', async t => {
  t.same(told(fold(seconds(50, 60), seconds(20, 22))), [20, 21, 22], 'set back')
  t.same(told(fold(seconds(50, 60), seconds(7200, 7201))), [7200, 7201], 'set forward')
})
