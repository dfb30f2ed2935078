import t from 'tap'
import { loadPixels } from '../../src/frame/pixels.js'
import { createResize } from '../../src/frame/resize.js'
import { rgbToYuv } from '../../src/frame/yuv.js'

t.test('compiled or not, a picture comes out the same', async t => {
  const [width, height] = [16, 8]
  const rgb = new Uint8Array(width * height * 3).map((_, i) => (i * 5) & 255)
  const picture = rgbToYuv(rgb, width, height)
  const [fast, slow] = [new Uint8Array(8 * 4 * 3), new Uint8Array(8 * 4 * 3)]
  createResize(loadPixels())(picture, 8, 4, fast)
  createResize()(picture, 8, 4, slow)
  const worst = fast.reduce((most, value, i) => Math.max(most, Math.abs(value - slow[i]!)), 0)
  t.ok(worst <= 2, `worst difference ${worst}`)
})
