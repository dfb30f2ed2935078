import t from 'tap'
import { cropOf } from '../../../src/outputs/kiosk/event-crop.js'
import { eventFixture } from '../../fixtures/event.js'

const look = (x: number, y: number, width: number, height: number, pixels = [1280, 720]) => ({
  ...eventFixture().best,
  box: { x, y, width, height },
  width: pixels[0]!,
  height: pixels[1]!,
})

/** Pixels of the crop, as wide as high in units of the picture. */
const aspectOf = ({ width, height }: { width: number; height: number }, pixels = [1280, 720]) =>
  (width * pixels[0]!) / (height * pixels[1]!)

t.test('the object is in the middle with some of its surroundings', async t => {
  const crop = cropOf(look(0.4, 0.4, 0.1, 0.3), 4 / 3)
  t.ok(Math.abs(aspectOf(crop) - 4 / 3) < 1e-6)
  t.ok(Math.abs(crop.height - 0.375) < 1e-9)
  t.ok(Math.abs(crop.x + crop.width / 2 - 0.45) < 1e-9)
})

t.test('it never leaves the picture', async t => {
  for (const box of [look(0, 0, 0.1, 0.2), look(0.95, 0.9, 0.05, 0.1), look(0, 0, 1, 1)]) {
    const { x, y, width, height } = cropOf(box, 4 / 3)
    t.ok(x >= 0 && y >= 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9)
  }
})

t.test('a distant object is not blown up to a few pixels', async t => {
  t.equal(cropOf(look(0.5, 0.5, 0.01, 0.02), 4 / 3).height, 0.22)
})

t.test('in an upright picture the crop is as wide as it', async t => {
  const crop = cropOf(look(0, 0, 1, 1, [720, 1280]), 4 / 3)
  t.equal(crop.width, 1)
  t.ok(Math.abs(aspectOf(crop, [720, 1280]) - 4 / 3) < 1e-6)
})
