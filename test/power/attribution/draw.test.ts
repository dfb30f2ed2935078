import t from 'tap'
import { differenceOf, energyOf, uncertaintyOf } from '../../../src/power/attribution/draw.js'

const knowledge = {
  method: 'measured',
  scope: 'board',
  source: 'a meter',
  uncertainty: 0.1,
} as const
const covariance = (deviations: readonly number[]) =>
  deviations.map((a, i) => deviations.map((_, j) => (i === j ? a ** 2 : 0)))
const draw = { watts: [1, 2, 3, 4, 5], covariance: covariance([0, 0, 0.3, 0.8, 0]), scale: 0.02 }

t.test('a frame costs the time of its stages times their watts', async t => {
  t.same(energyOf(draw, { decode: 10, gate: 1, scout: 20, expert: 0 }, knowledge), {
    total: 72,
    decode: 10,
    gate: 2,
    scout: 60,
    expert: 0,
    method: 'measured',
    scope: 'board',
    // 20 ms times 0.3 W of 72 mJ, and 2 %
    uncertainty: 0.086,
  })
})

t.test('what is known exactly is only as uncertain as the scale', async t => {
  t.equal(uncertaintyOf(draw, [1, 1, 0, 0, 0]), 0.02)
})

t.test('while nothing runs, all stages together are told of', async t => {
  t.equal(uncertaintyOf(draw, [0, 0, 0, 0, 0]), uncertaintyOf(draw, [1, 1, 1, 1, 0]))
})

t.test('of what may be nothing at all, only so much uncertainty is told', async t => {
  const nothing = { watts: [0, 1, 1, 1, 1], covariance: covariance([1, 0, 0, 0, 0]), scale: 0.02 }
  t.equal(uncertaintyOf(nothing, [1, 0, 0, 0, 0]), 10)
  t.equal(energyOf(nothing, { decode: 5, gate: 0, scout: 0, expert: 0 }, knowledge).uncertainty, 10)
})

t.test('a difference is told if it is three times what is not common to both sides', async t => {
  const one = { decode: 0, gate: 0, scout: 10, expert: 0 }
  const two = { decode: 0, gate: 0, scout: 10, expert: 10 }
  // 40 mJ, of which 8 mJ are uncertain, and 2 %
  const difference = differenceOf(draw, one, two)
  t.match(difference, { distinguishable: true, millijoules: 40 })
  t.ok(difference.distinguishable && Math.abs(difference.uncertainty - Math.hypot(8, 0.8)) < 1e-9)
  const vague = { ...draw, covariance: covariance([0, 0, 0, 1.4, 0]) }
  t.same(differenceOf(vague, one, two), { distinguishable: false })
  t.same(differenceOf(draw, one, one), { distinguishable: false })
})
