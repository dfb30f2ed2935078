import t from 'tap'
import { yuvBytes } from '../../src/frame/frame.js'
import { rgbToYuv, yuvToRgb } from '../../src/frame/yuv.js'

/** A plain picture of one colour. */
function plain(
  width: number,
  height: number,
  [r, g, b]: readonly [number, number, number],
): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < rgb.length; i += 3) rgb.set([r, g, b], i)
  return rgb
}

t.test('colours survive the way to YUV and back within two levels', async t => {
  for (const colour of [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
    [0, 0, 0],
    [120, 80, 40],
  ] as const) {
    const yuv = rgbToYuv(plain(8, 4, colour), 8, 4)
    t.equal(yuv.data.length, yuvBytes(8, 4))
    const back = new Uint8Array(8 * 4 * 3)
    yuvToRgb(yuv, 8, 4, back)
    for (let i = 0; i < back.length; i++) {
      t.ok(Math.abs(back[i]! - colour[i % 3]!) <= 2, `channel ${i % 3} of ${colour}: ${back[i]}`)
    }
  }
})

t.test('a smaller picture holds the means of what it covers', async t => {
  const rgb = plain(16, 16, [0, 0, 0])
  // white left half
  for (let y = 0; y < 16; y++) rgb.fill(255, y * 48, y * 48 + 24)
  const yuv = rgbToYuv(rgb, 16, 16)
  const small = new Uint8Array(2 * 2 * 3)
  yuvToRgb(yuv, 2, 2, small)
  t.same([...small], [255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0])
})

t.test('a larger picture repeats what there is', async t => {
  const yuv = rgbToYuv(plain(2, 2, [200, 200, 200]), 2, 2)
  const large = new Uint8Array(6 * 6 * 3)
  yuvToRgb(yuv, 6, 6, large)
  t.ok(large.every(value => value === 200))
})

t.test('colours beyond what RGB can hold are clipped', async t => {
  const data = Uint8Array.of(255, 255, 0, 0, 255, 255)
  const rgb = new Uint8Array(12)
  yuvToRgb({ format: 'yuv420', width: 2, height: 2, data }, 2, 2, rgb)
  t.same([...rgb.subarray(0, 3)], [255, 121, 255])
  t.same([...rgb.subarray(6, 9)], [178, 0, 225])
})
