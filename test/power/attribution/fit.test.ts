import t from 'tap'
import { createRandom } from '../../../src/lib/random.js'
import { createFit, expectedOf, type Window } from '../../../src/power/attribution/fit.js'

const prior = {
  watts: [1, 1, 1, 1, 1],
  covariance: [0, 1, 2, 3, 4].map(i => [0, 1, 2, 3, 4].map(j => (i === j ? 0.25 : 0))),
  scale: 0.5,
}
const truth = [0.5, 0.8, 1.2, 2, 0.9]
const idle = 3

function windows(count: number, noise: (index: number) => number): Window[] {
  const random = createRandom(1)
  return Array.from({ length: count }, (_, index) => {
    const busy = truth.map(() => random() * 0.5)
    const dynamic = busy.reduce((sum, share, i) => sum + share * truth[i]!, 0)
    return { busy, watts: idle + dynamic + noise(index), seconds: 1 }
  })
}

const fitOf = (seen: readonly Window[], halfLifeSeconds?: number) => {
  const fit = createFit({
    prior,
    accuracy: 0.02,
    ...(halfLifeSeconds !== undefined && { halfLifeSeconds }),
  })
  for (const window of seen) fit.add(window)
  return fit.posterior()
}

t.test('without a reading what was believed holds', async t => {
  const { draw } = fitOf([])
  t.same(
    draw.watts.map(watts => Math.round(watts * 1000) / 1000),
    prior.watts,
  )
  // what is common to all is in the covariance now, until readings tell
  t.ok(Math.abs(draw.covariance[0]![0]! - (0.25 + 0.5 ** 2)) < 1e-3)
  t.ok(Math.abs(draw.covariance[0]![1]! - 0.5 ** 2) < 1e-3)
})

t.test('what was busy explains what a meter says', async t => {
  const posterior = fitOf(windows(300, () => 0))
  for (const [i, watts] of posterior.draw.watts.entries())
    t.ok(Math.abs(watts - truth[i]!) < 0.02, `${watts} for ${truth[i]}`)
  t.ok(Math.abs(posterior.idle.watts - idle) < 0.02)
  t.equal(posterior.draw.scale, 0.02)
  const busy = [0.1, 0, 0.2, 0.3, 0]
  t.ok(Math.abs(expectedOf(posterior, busy) - (3 + 0.05 + 0.24 + 0.6)) < 0.02)
})

t.test('more noise makes all less certain, and more readings more certain', async t => {
  const random = createRandom(2)
  const noisy = (watts: number) => () => watts * (random() + random() + random() - 1.5) * 2
  const deviation = (count: number, noise: number) =>
    Math.sqrt(fitOf(windows(count, noisy(noise))).draw.covariance[3]![3]!)
  t.ok(deviation(200, 0.2) > 3 * deviation(200, 0.03))
  t.ok(deviation(100, 0.2) > 1.5 * deviation(400, 0.2))
  const { noise } = fitOf(windows(400, noisy(0.1)))
  t.ok(noise > 0.08 && noise < 0.12, `noise ${noise} of 0.1`)
})

t.test('errors that follow each other count for more than such that do not', async t => {
  const slow = fitOf(windows(200, index => 0.1 * Math.sin(index / 10)))
  const fast = fitOf(windows(200, index => 0.1 * Math.sin(index * 2)))
  t.ok(slow.idle.deviation > 2 * fast.idle.deviation)
})

t.test('what never varies alone stays as uncertain as it was believed to be', async t => {
  const seen = windows(200, () => 0).map(window => ({
    ...window,
    busy: [0, 0, 0.2, 0.4, 0],
    watts: 3 + 0.24 + 0.8,
  }))
  const { draw } = fitOf(seen)
  t.ok(Math.sqrt(draw.covariance[2]![2]!) > 0.3)
  t.ok(Math.sqrt(draw.covariance[0]![0]!) > 0.5)
})

t.test('no draw is negative, whatever the readings say', async t => {
  const seen = windows(50, () => 0).map(window => ({ ...window, watts: 5 - window.busy[3]! }))
  t.equal(fitOf(seen).draw.watts[3], 0)
})

t.test('a board that has changed is learnt anew, as old readings fade', async t => {
  const before = windows(300, () => 0)
  const after = before.map(window => ({ ...window, watts: window.watts + window.busy[3]! }))
  const remembering = fitOf([...before, ...after])
  const forgetting = fitOf([...before, ...after], 30)
  t.ok(Math.abs(forgetting.draw.watts[3]! - 3) < 0.05)
  t.ok(remembering.draw.watts[3]! < 2.7)
})
