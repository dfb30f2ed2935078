import t from 'tap'
import { createBalance } from '../../../src/power/attribution/balance.js'

const posterior = {
  draw: { watts: [1, 1, 1, 1, 2], covariance: [], scale: 0 },
  idle: { watts: 3, deviation: 0.1 },
  noise: 0.01,
}
const busy = [0.1, 0, 0, 0.2, 0.25]

t.test("the parts of a meter's joules add up to the whole", async t => {
  const balance = createBalance()
  t.equal(balance.read(), null)
  balance.add({ seconds: 2, watts: 5, charged: 2.5, busy, posterior })
  balance.add({ seconds: 1, watts: 4, charged: 1, busy, posterior })
  t.same(balance.read(), {
    seconds: 3,
    meterJoules: 14,
    idleJoules: 9,
    stageJoules: 3.5,
    otherJoules: 1.5,
    unexplainedJoules: 0,
  })
})

t.test('only the last minute counts, and nothing after a silence', async t => {
  const balance = createBalance(10)
  for (let second = 0; second < 30; second++)
    balance.add({ seconds: 1, watts: second < 15 ? 9 : 4, charged: 0, busy, posterior })
  t.match(balance.read(), { seconds: 10, meterJoules: 40 })
  balance.clear()
  t.equal(balance.read(), null)
})
