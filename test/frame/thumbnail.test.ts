import t from 'tap'
import { createThumbnailer, THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../src/frame/thumbnail.js'
import { rgbToYuv } from '../../src/frame/yuv.js'

const CELLS = THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT

/** A grey ramp from left to right, as RGB. */
function ramp(width: number, height: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3)
  for (let i = 0; i < width * height; i++)
    rgb.fill(Math.floor(((i % width) * 255) / width), i * 3, i * 3 + 3)
  return rgb
}

t.test('raw and unpacked pictures of the same scene give the same thumbnail', async t => {
  for (const [width, height] of [
    [1280, 720],
    [320, 192],
    [640, 360],
  ] as const) {
    const rgb = ramp(width, height)
    const thumbnailer = createThumbnailer(width, height)
    const fromRgb = new Uint8Array(CELLS)
    const fromYuv = new Uint8Array(CELLS)
    thumbnailer.fromRgb(rgb, fromRgb)
    thumbnailer.fromLuma(rgbToYuv(rgb, width, height).data, fromYuv)
    const worst = fromRgb.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - fromYuv[i]!)),
      0,
    )
    t.ok(worst <= 1, `${width}x${height}: ${worst}`)
    t.ok(fromRgb[0]! < 5)
    t.ok(fromRgb[THUMBNAIL_WIDTH - 1]! > 245)
  }
})

t.test('a picture smaller than the thumbnail is stretched', async t => {
  const out = new Uint8Array(CELLS)
  createThumbnailer(16, 16).fromRgb(new Uint8Array(16 * 16 * 3).fill(90), out)
  t.ok(out.every(value => value === 90))
})
