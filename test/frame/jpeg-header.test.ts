import t from 'tap'
import { jpegSize } from '../../src/frame/jpeg-header.js'
import { segment, tinyJpeg } from '../fixtures/jpeg.js'

t.test('the size comes from the frame header of baseline and progressive pictures', async t => {
  t.same(jpegSize(tinyJpeg({ width: 1280, height: 720 })), { width: 1280, height: 720 })
  const progressive = tinyJpeg({ width: 65_535, height: 1, frameMarker: 0xc2 })
  t.same(jpegSize(progressive), { width: 65_535, height: 1 })
})

t.test('tables in the same marker range are not taken for the frame header', async t => {
  for (const frameMarker of [0xc4, 0xc8, 0xcc, 0xd0]) {
    t.equal(jpegSize(tinyJpeg({ frameMarker })), undefined, frameMarker.toString(16))
  }
})

t.test('fill bytes before a marker are skipped', async t => {
  const jpeg = tinyJpeg()
  const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(3, 0xff), jpeg.subarray(2)])
  t.same(jpegSize(filled), { width: 16, height: 8 })
})

t.test('a view into a larger buffer is read at its own place', async t => {
  const outer = Buffer.concat([Buffer.alloc(7), tinyJpeg()])
  t.same(jpegSize(outer.subarray(7)), { width: 16, height: 8 })
})

t.test('no size is better than a wrong one', async t => {
  t.equal(jpegSize(tinyJpeg({ width: 0 })), undefined)
  t.equal(jpegSize(tinyJpeg({ height: 0 })), undefined)
  t.equal(jpegSize(Buffer.alloc(0)), undefined)
  t.equal(jpegSize(Buffer.from('no picture at all')), undefined)
  t.equal(jpegSize(Buffer.concat([Buffer.from([0xff, 0xd8]), segment(0xe0, [1])])), undefined)
  const jpeg = tinyJpeg()
  for (let length = 0; length < 23; length += 1) {
    t.equal(jpegSize(jpeg.subarray(0, length)), undefined, `cut to ${length}`)
  }
})
