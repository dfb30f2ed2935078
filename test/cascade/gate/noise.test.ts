import t from 'tap'
import { BLOCKS } from '../../../src/cascade/gate/blocks.js'
import { createNoise, type Noise } from '../../../src/cascade/gate/noise.js'

/** Shows all blocks the same residual, ten times a second. */
function show(noise: Noise, residual: number, seconds: number, ms = 100): void {
  const residuals = new Float32Array(BLOCKS).fill(residual)
  for (let at = 0; at < seconds * 1000; at += ms) {
    noise.learn(
      residuals,
      residuals.map((value, block) => value / noise.limits[block]!),
      ms,
    )
  }
}

t.test('a block that is noisy may differ more, and never less than the floor', async t => {
  const noise = createNoise()
  t.equal(noise.limits[0], 3)
  show(noise, 2.9, 20)
  const noisy = noise.limits[0]!
  t.ok(noisy > 3 && noisy < 6, `${noisy}`)
  show(noise, 0, 60)
  t.equal(noise.limits[0], 3)
})

t.test('lasting change is learned, but so slowly that a person is not', async t => {
  const noise = createNoise()
  show(noise, 6, 1)
  t.ok(noise.limits[0]! < 4, `${noise.limits[0]} after a second`)
  show(noise, 6, 60)
  t.ok(noise.limits[0]! > 6, `${noise.limits[0]} after a minute`)
})

t.test('what came and went at once is expected again for half a minute', async t => {
  const noise = createNoise()
  show(noise, 5, 0.1)
  show(noise, 0, 0.1)
  t.ok(noise.limits[0]! > 5, `${noise.limits[0]}`)
  show(noise, 0, 60)
  t.equal(noise.limits[0], 3)
})

t.test('what stayed longer was no blip, and a large one is no weather', async t => {
  const stayed = createNoise()
  show(stayed, 5, 0.4)
  show(stayed, 0, 0.1)
  t.ok(stayed.limits[0]! < 4, `${stayed.limits[0]}`)
  const large = createNoise()
  show(large, 40, 0.1)
  show(large, 0, 0.1)
  t.ok(large.limits[0]! <= 9, `${large.limits[0]}`)
})

t.test('the noise of the whole picture can be raised at once, within bounds', async t => {
  const noise = createNoise()
  noise.raiseToMedian(Float32Array.from({ length: BLOCKS }, (_, i) => (i < 200 ? 8 : 60)))
  t.ok(noise.limits[0]! > 8 && noise.limits[0]! < 12, `${noise.limits[0]}`)
  t.equal(noise.limits[239], noise.limits[0])
  noise.raiseToMedian(new Float32Array(BLOCKS).fill(1))
  t.ok(noise.limits[0]! > 8, 'never lowered so')
  noise.raiseToMedian(new Float32Array(BLOCKS).fill(200))
  t.ok(noise.limits[0]! < 29, `${noise.limits[0]}`)
  noise.restart()
  t.equal(noise.limits[0], 3)
})
