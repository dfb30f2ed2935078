import t from 'tap'
import { createSpacer } from '../../src/cascade/spacer.js'
import { createRandom } from '../../src/lib/random.js'

/** Looks taken in 100 s of frames that come about every 100 ms. */
function taken(everyMs: number): number {
  const random = createRandom(3)
  const spacer = createSpacer()
  let looks = 0
  for (let atMs = 0; atMs < 100_000; atMs += 70 + 60 * random()) {
    if (spacer.take(everyMs, atMs)) looks++
  }
  return looks
}

t.test('the mean gap is the one asked for, between the steps of the frames too', async t => {
  for (const everyMs of [130, 170, 250, 330, 1000]) {
    const looks = taken(everyMs)
    t.ok(Math.abs((looks * everyMs) / 100_000 - 1) < 0.02, `${looks} looks every ${everyMs} ms`)
  }
})

t.test('no gap, or one shorter than the frames, lets every frame pass', async t => {
  const all = taken(0)
  t.ok(all > 950, `${all} frames`)
  t.ok(taken(60) === all)
})

t.test('a quiet spell is not made up for by a burst', async t => {
  const spacer = createSpacer()
  t.ok(spacer.take(500, 0))
  t.notOk(spacer.take(500, 400))
  t.ok(spacer.take(500, 60_000))
  t.notOk(spacer.take(500, 60_100))
  t.notOk(spacer.take(500, 60_400))
  t.ok(spacer.take(500, 60_500))
})

t.test('asking whether a look is due takes none', async t => {
  const spacer = createSpacer()
  t.ok(spacer.due(500, 0))
  t.ok(spacer.due(500, 0))
  spacer.take(500, 0)
  t.notOk(spacer.due(500, 499))
  t.ok(spacer.due(500, 500))
  t.ok(spacer.due(0, 1), 'no gap, no wait')
})
