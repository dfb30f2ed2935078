import t from 'tap'
import { isPlainJpeg, jpegScans, jpegSize } from '../../src/frame/jpeg-header.js'
import { segment, tinyJpeg } from '../fixtures/jpeg.js'
import { photo } from '../fixtures/photos.js'

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

t.test(
  'plain is what cameras give: no picture that appears by and by, and none of many scans',
  async t => {
    t.ok(isPlainJpeg(photo(1)))
    t.ok(isPlainJpeg(tinyJpeg({ frameMarker: 0xc1, scans: [[1], [2], [3]] })))
    t.notOk(isPlainJpeg(tinyJpeg({ frameMarker: 0xc2 })), 'progressive')
    t.notOk(isPlainJpeg(tinyJpeg({ scans: [[1], [2], [3], [4]] })))
    t.notOk(isPlainJpeg(Buffer.from('no picture at all')))
  },
)

t.test('scans are counted, and nothing that only looks like one', async t => {
  const plain = [1, 0xff, 0, 0xff, 0xd3, 0xff, 0xff, 0xff, 0, 2]
  t.equal(jpegScans(tinyJpeg({ scans: [plain] }), 9), 1)
  t.equal(jpegScans(tinyJpeg({ scans: [plain, plain, [1]] }), 9), 3)
  t.equal(jpegScans(tinyJpeg({ scans: Array(20).fill([1]) }), 9), 10, 'no more than one too many')
  const thumbnail = tinyJpeg({ exif: tinyJpeg({ scans: [[1], [2]] }) })
  t.equal(jpegScans(thumbnail, 9), 1, 'of a picture within')
  t.equal(jpegScans(Buffer.concat([tinyJpeg(), tinyJpeg({ scans: [[1], [2]] })]), 9), 1, 'behind')
  t.equal(jpegScans(tinyJpeg().subarray(0, -2), 9), 1, 'cut at its end')
  t.equal(jpegScans(tinyJpeg({ scans: [[1, 0xff]] }).subarray(0, -2), 9), 1, 'cut in a marker')
  t.equal(jpegScans(Buffer.from('no picture at all'), 9), 0)
  const lone = Buffer.from([0xff, 0xd8, 0xff, 0xd3, 0xff, 0x01, 0xff, 0xd0])
  t.equal(jpegScans(Buffer.concat([lone, tinyJpeg().subarray(2)]), 9), 1, 'behind lone markers')
  t.equal(jpegScans(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), tinyJpeg().subarray(2)]), 9), 1)
})
