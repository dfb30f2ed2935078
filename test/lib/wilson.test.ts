import t from 'tap'
import { wilson } from '../../src/lib/wilson.js'

t.test('the interval is the published one', async t => {
  // Newcombe 1998, Statistics in Medicine 17:857, table I, method 3
  for (const [successes, trials, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const found = wilson(successes, trials)
    t.equal(found.share, successes / trials)
    t.ok(Math.abs(found.low - low) < 5e-5, `${successes}/${trials} from ${found.low}`)
    t.ok(Math.abs(found.high - high) < 5e-5, `${successes}/${trials} to ${found.high}`)
  }
})

t.test('all out of all is not certain', async t => {
  const { share, low, high } = wilson(20, 20)
  t.same([share, high], [1, 1])
  t.ok(Math.abs(low - (1 - 0.1611)) < 5e-5)
})

t.test('nothing counted says nothing', async t => {
  t.same(wilson(0, 0), { share: null, low: 0, high: 1 })
})
