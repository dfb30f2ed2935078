import t from 'tap'
import { createFeed, createPlacer } from '../../src/cascade/input.js'
import { inputFixture } from '../fixtures/model.js'

/** Two pixels side by side, red 10 and 40. */
const rgb = Uint8Array.from([10, 20, 30, 40, 50, 60])
const near = (a: ArrayLike<number>, b: readonly number[]) =>
  a.length === b.length && b.every((value, i) => Math.abs(a[i]! - value) < 1e-5)

t.test('a stretched picture fills the input, whatever its shape', async t => {
  const place = createPlacer(inputFixture({ width: 320, height: 192 }))
  t.same(place({ width: 1, height: 1000 }), { left: 0, top: 0, width: 320, height: 192 })
  t.equal(place({ width: 1, height: 1 }), place({ width: 2, height: 2 }), 'nothing is allocated')
})

t.test('a letterboxed picture keeps its shape, in the middle or in the corner', async t => {
  const input = { width: 416, height: 416 }
  const centre = createPlacer(inputFixture({ ...input, fit: 'letterbox-centre' }))
  t.same(centre({ width: 1280, height: 720 }), { left: 0, top: 91, width: 416, height: 234 })
  t.same(centre({ width: 720, height: 1280 }), { left: 91, top: 0, width: 234, height: 416 })
  t.same(centre({ width: 5000, height: 1 }), { left: 0, top: 207, width: 416, height: 1 })
  const corner = createPlacer(inputFixture({ ...input, fit: 'letterbox-corner' }))
  t.same(corner({ width: 1280, height: 720 }), { left: 0, top: 0, width: 416, height: 234 })
  t.same(corner({ width: 100, height: 200 }), { left: 0, top: 0, width: 208, height: 416 })
})

t.test('bytes that go in as they come are not copied', async t => {
  const input = inputFixture({ width: 2, height: 1 })
  t.equal(createFeed(input)(rgb, { left: 0, top: 0, width: 2, height: 1 }), rgb)
})

t.test('bytes are turned to blue first and padded, in memory that is used again', async t => {
  const turned = createFeed(inputFixture({ width: 2, height: 1, colour: 'bgr' }))
  t.same([...turned(rgb, { left: 0, top: 0, width: 2, height: 1 })], [30, 20, 10, 60, 50, 40])
  const input = inputFixture({ width: 2, height: 3, fit: 'letterbox-centre', pad: 7 })
  const feed = createFeed(input)
  const fed = feed(rgb, { left: 0, top: 1, width: 2, height: 1 })
  t.same([...fed], [7, 7, 7, 7, 7, 7, 10, 20, 30, 40, 50, 60, 7, 7, 7, 7, 7, 7])
  const upright = Uint8Array.from([1, 2, 3, 4, 5, 6, 8, 8, 8])
  t.equal(feed(upright, { left: 0, top: 0, width: 1, height: 3 }), fed)
  t.same([...fed], [1, 2, 3, 7, 7, 7, 4, 5, 6, 7, 7, 7, 8, 8, 8, 7, 7, 7], 'nothing old is left')
})

t.test('floats are planes, normalised per channel in the order of the colours', async t => {
  const whole = { left: 0, top: 0, width: 2, height: 1 }
  const raw = inputFixture({ width: 2, height: 1, layout: 'nchw-float' })
  t.same([...createFeed(raw)(rgb, whole)], [10, 40, 20, 50, 30, 60])
  const turned = createFeed({ ...raw, colour: 'bgr', mean: [30, 20, 10], std: [1, 2, 4] })
  t.ok(near(turned(rgb, whole), [0, 30, 0, 15, 0, 7.5]))
})

t.test('the grey around a picture is normalised like the picture', async t => {
  const feed = createFeed(
    inputFixture({
      width: 2,
      height: 2,
      layout: 'nchw-float',
      fit: 'letterbox-corner',
      pad: 114,
      mean: [114, 104, 94],
      std: [1, 1, 2],
    }),
  )
  const first = feed(rgb, { left: 0, top: 0, width: 2, height: 1 })
  t.ok(near(first, [-104, -74, 0, 0, -84, -54, 10, 10, -32, -17, 10, 10]))
  const upright = Uint8Array.from([114, 104, 94, 114, 104, 94])
  t.equal(feed(upright, { left: 0, top: 0, width: 1, height: 2 }), first)
  t.ok(near(first, [0, 0, 0, 0, 0, 10, 0, 10, 0, 10, 0, 10]))
})
