import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { jpegSplitter } from '../../src/frame/jpeg-splitter.js'
import { packageRoot } from '../../src/lib/package.js'
import { segment, tinyJpeg } from '../fixtures/jpeg.js'

/** What comes out when these chunks go in. */
function split(chunks: readonly Uint8Array[], maxBytes?: number) {
  const losses: string[] = []
  const lost = (reason: string) => losses.push(reason)
  const splitter = jpegSplitter(maxBytes === undefined ? { lost } : { lost, maxBytes })
  const pictures = chunks.flatMap(chunk => splitter.push(chunk))
  return { pictures: pictures.map(({ data }) => Buffer.from(data)), sizes: pictures, losses }
}

function bytesOf(stream: Buffer): Buffer[] {
  return Array.from(stream, byte => Buffer.from([byte]))
}

const EXIF = Buffer.concat([Buffer.from('Exif'), tinyJpeg(), Buffer.from([0xff, 0xd9, 0xff])])
const PROGRESSIVE = tinyJpeg({
  frameMarker: 0xc2,
  scans: [[1, 0xff, 0, 2], [0xff, 0xd0, 3, 0xff, 0xd7, 4], [], [0xff, 0, 0xff, 0]],
})

t.test('pictures come out whole and with their size', async t => {
  const first = tinyJpeg({ width: 640, height: 480 })
  const second = tinyJpeg({ width: 320, height: 240 })
  const { pictures, sizes, losses } = split([Buffer.concat([first, second])])
  t.same(pictures, [first, second])
  t.match(sizes, [
    { format: 'jpeg', width: 640, height: 480 },
    { format: 'jpeg', width: 320, height: 240 },
  ])
  t.same(losses, [])
})

t.test('the stream may be cut anywhere, even between all bytes', async t => {
  const jpegs = [tinyJpeg({ exif: EXIF }), PROGRESSIVE, tinyJpeg({ scans: [[0xff, 0, 0xff, 0]] })]
  const garbage = Buffer.from([0, 0xff, 0xff, 0, 1, 0xff])
  const stream = Buffer.concat(jpegs.flatMap(jpeg => [garbage, jpeg]))
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const { pictures, losses } = split([stream.subarray(0, cut), stream.subarray(cut)])
    if (pictures.length !== 3 || losses.length > 0) t.fail(`cut at ${cut}`)
    t.ok(pictures.every((picture, at) => picture.equals(jpegs[at]!)))
  }
  t.same(split(bytesOf(stream)).pictures, jpegs)
})

t.test('an end marker inside EXIF does not cut', async t => {
  const jpeg = tinyJpeg({ exif: EXIF })
  t.same(split([jpeg]).pictures, [jpeg])
})

t.test('all scans of a progressive picture belong to it', async t => {
  t.same(split([PROGRESSIVE]).pictures, [PROGRESSIVE])
})

t.test('fill bytes before markers are accepted', async t => {
  const jpeg = tinyJpeg()
  const filled = Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, 0xff]),
    jpeg.subarray(2, -2),
    Buffer.from([0xff, 0xff, 0xff, 0xd9]),
  ])
  t.same(split([filled]).pictures, [filled])
})

t.test('the pictures own their bytes, so the chunk may be used again', async t => {
  const jpeg = tinyJpeg()
  const chunk = Buffer.concat([jpeg, jpeg.subarray(0, 20)])
  const splitter = jpegSplitter({ lost: t.fail })
  const [first] = splitter.push(chunk)
  chunk.fill(0)
  t.same(Buffer.from(first!.data), jpeg)
  t.equal(first!.data.buffer.byteLength, jpeg.length)
  const [second] = splitter.push(jpeg.subarray(20))
  t.same(Buffer.from(second!.data), jpeg)
})

t.test('a torn picture is counted, and the next one is found', async t => {
  const jpeg = tinyJpeg()
  const startOnly = Buffer.from([0xff, 0xd8])
  const torn = {
    'another one begins in the scan': jpeg.subarray(0, -3),
    'another one begins at once': startOnly,
    'no marker where one is due': Buffer.concat([startOnly, Buffer.from([1])]),
    'a stuffed zero outside of a scan': Buffer.concat([startOnly, Buffer.from([0xff, 0])]),
    'a restart marker outside of a scan': Buffer.concat([startOnly, Buffer.from([0xff, 0xd3])]),
    'a segment of length 1': Buffer.concat([startOnly, Buffer.from([0xff, 0xe0, 0, 1])]),
    'no frame header': Buffer.concat([startOnly, segment(0xe0, [1]), Buffer.from([0xff, 0xd9])]),
  }
  for (const [name, start] of Object.entries(torn)) {
    const stream = Buffer.concat([start, jpeg])
    for (const chunks of [[stream], bytesOf(stream), [start, jpeg]]) {
      const { pictures, losses } = split(chunks)
      t.same(pictures, [jpeg], name)
      t.equal(losses.length, 1, name)
    }
  }
})

t.test('a picture over the limit is thrown away, and memory stays bounded', async t => {
  const scans = [Array.from({ length: 3000 }, () => 7)]
  const large = tinyJpeg({ scans })
  const small = tinyJpeg()
  const stream = Buffer.concat([large, small])
  for (const chunks of [[stream], [large, small], bytesOf(stream)]) {
    const { pictures, losses } = split(chunks, 2000)
    t.same(pictures, [small])
    t.same(losses, ['JPEG larger than 2000 bytes'])
  }
  const endless = Array.from({ length: 80 }, () => Buffer.alloc(64 * 1024, 1))
  const { losses } = split([small.subarray(0, -2), ...endless])
  t.same(losses, ['JPEG larger than 4194304 bytes'])
})

t.test('pictures larger than the first buffer pass', async t => {
  const scans = [Array.from({ length: 300_000 }, (_, at) => at % 200)]
  const large = tinyJpeg({ scans })
  const chunks = Array.from({ length: 10 }, (_, at) =>
    large.subarray(at * 40_000, (at + 1) * 40_000),
  )
  t.same(split(chunks).pictures, [large])
})

const clip = join(packageRoot, '../shared/data/clips/carpark-320x240.mjpeg')
const skip = existsSync(clip) ? false : '../shared/data/clips/carpark-320x240.mjpeg is not here'
t.test('a real recording gives all of its 600 pictures', { skip }, async t => {
  const stream = await readFile(clip)
  const { sizes, pictures, losses } = split([stream])
  t.equal(pictures.length, 600)
  t.ok(sizes.every(({ width, height }) => width === 320 && height === 240))
  t.same(losses, [])
  t.ok(Buffer.concat(pictures).equals(stream))
})
