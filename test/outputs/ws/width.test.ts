import t from 'tap'
import { widthFor } from '../../../src/outputs/ws/width.js'

/** Of a line that carries so many bytes per second. */
const lineOf = (bytesPerSecond: number) => (bytes: number) => (bytes / bytesPerSecond) * 1000

const FULL = { bytes: 100_000, width: 1280, fullWidth: 1280 }

t.test('before anything is known, the viewer gets what it asked for', async t => {
  t.equal(
    widthFor(undefined, () => 0),
    undefined,
  )
  t.equal(
    widthFor(undefined, () => 0, 640),
    640,
  )
})

t.test('a picture is as wide as the line has room for', async t => {
  t.equal(widthFor(FULL, lineOf(10_000_000)), undefined)
  t.equal(widthFor(FULL, lineOf(300_000)), 960)
  t.equal(widthFor(FULL, lineOf(200_000)), 640)
  t.equal(widthFor(FULL, lineOf(100_000)), 320)
  t.equal(widthFor(FULL, lineOf(1000)), 320, 'narrower there is none')
})

t.test('it is never wider than was asked for', async t => {
  t.equal(widthFor(FULL, lineOf(10_000_000), 640), 640)
  t.equal(widthFor(FULL, lineOf(100_000), 640), 320)
})

t.test('it grows again only where there is room to spare, so that it does not swing', async t => {
  const narrow = { bytes: 30_000, width: 640, fullWidth: 1280 }
  t.equal(widthFor(narrow, lineOf(200_000)), 640, '150 ms now, 276 ms at 960')
  t.equal(widthFor(narrow, lineOf(300_000)), 640, '184 ms at 960 would do, but only just')
  t.equal(widthFor(narrow, lineOf(400_000)), 960, '138 ms at 960')
  t.equal(widthFor(narrow, lineOf(600_000)), undefined, '141 ms at full width')
})
