import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import t from 'tap'
import { findPixels, loadPixels } from '../../src/frame/pixels.js'
import { packageRoot } from '../../src/lib/package.js'
import { photo } from '../fixtures/photos.js'

const pixels = loadPixels()
const WIDTH = 1280
const HEIGHT = 720
const jpeg = await sharp(photo(1)).resize(WIDTH, HEIGHT).jpeg().toBuffer()
const layout = new Int32Array(4)
const room = () => new Uint8Array(WIDTH * HEIGHT * 3)

t.test('where nothing is compiled for this kind of machine, there is none', async t => {
  const folder = t.testdir({})
  const told: unknown[] = []
  t.equal(
    findPixels(error => told.push(error), folder),
    undefined,
  )
  t.match(told, [{ code: 'MODULE_NOT_FOUND' }])
  t.type(findPixels(error => told.push(error))?.toRgb, 'function')
  t.equal(told.length, 1)
  t.throws(() => loadPixels(folder), { code: 'MODULE_NOT_FOUND' })
})

t.test('planes are those of the JPEG, at each of the four sizes', async t => {
  for (const denominator of [1, 2, 4, 8] as const) {
    const planes = room()
    pixels.decodeJpeg(jpeg, denominator, planes, layout)
    const [width, height] = [WIDTH / denominator, HEIGHT / denominator]
    t.same([...layout], [width, height, width / 2, height / 2])
    const { data } = await sharp(jpeg)
      .resize(width, height, { fit: 'fill' })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true })
    let sum = 0
    for (let i = 0; i < data.length; i++) sum += Math.abs(data[i]! - planes[i]!)
    t.ok(sum / data.length < 3, `1/${denominator}: mean difference ${sum / data.length}`)
  }
})

t.test('colours come out as BT.601 says, from samples of any size', async t => {
  for (const [chroma, count] of [
    [[2, 2], 4],
    [[4, 4], 16],
    [[2, 4], 8],
  ] as const) {
    const planes = Uint8Array.from([
      ...Array(16).fill(81),
      ...Array(count).fill(90),
      ...Array(count).fill(240),
    ])
    const out = new Uint8Array(8 * 6 * 3)
    pixels.toRgb(planes, Int32Array.of(4, 4, ...chroma), out, 8, 6)
    // 81 + 1.402 * 112, 81 + 0.344136 * 38 - 0.714136 * 112, 81 - 1.772 * 38
    for (let i = 0; i < out.length; i += 3) {
      t.ok(
        Math.abs(out[i]! - 238) <= 1 &&
          out[i + 1]! <= 15 &&
          out[i + 1]! >= 13 &&
          Math.abs(out[i + 2]! - 14) <= 1,
        `${out.subarray(i, i + 3)}`,
      )
    }
  }
})

t.test('each pixel is the mean of the area under it, however sizes fit', async t => {
  const random = new Uint8Array(97 * 61).map(() => Math.floor(Math.random() * 256))
  for (const [width, height] of [
    [97, 61],
    [48, 30],
    [33, 61],
    [20, 7],
    [3, 2],
    [1, 1],
    [64, 61],
    [40, 24],
  ] as const) {
    const out = new Uint8Array(width * height * 3)
    pixels.toRgb(random, Int32Array.of(97, 61, 0, 0), out, width, height)
    let worst = 0
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const expected = meanOf(
          random,
          97,
          (x * 97) / width,
          ((x + 1) * 97) / width,
          (y * 61) / height,
          ((y + 1) * 61) / height,
        )
        worst = Math.max(worst, Math.abs(out[(y * width + x) * 3]! - expected))
      }
    }
    t.ok(worst <= 3, `${width} x ${height}: worst difference ${worst}`)
  }
})

/** Of the samples in an area, as far as it covers each. */
function meanOf(
  samples: Uint8Array,
  stride: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
): number {
  let [sum, weight] = [0, 0]
  for (let y = Math.floor(top); y < bottom - 1e-9; y++) {
    const tall = Math.min(bottom, y + 1) - Math.max(top, y)
    for (let x = Math.floor(left); x < right - 1e-9; x++) {
      const wide = Math.min(right, x + 1) - Math.max(left, x)
      sum += samples[y * stride + x]! * tall * wide
      weight += tall * wide
    }
  }
  return sum / weight
}

t.test('larger than the source it lies between samples', async t => {
  const out = new Uint8Array(8 * 1 * 3)
  pixels.toRgb(Uint8Array.of(0, 200), Int32Array.of(2, 1, 0, 0), out, 8, 1)
  t.same(
    Array.from({ length: 8 }, (_, i) => out[3 * i]),
    [0, 0, 25, 75, 125, 175, 200, 200],
  )
  pixels.toRgb(Uint8Array.of(7), Int32Array.of(1, 1, 0, 0), out, 4, 2)
  t.ok(out.every(value => value === 7))
})

t.test('sizes are kept for so many pictures that one more is worked out anew', async t => {
  const source = Uint8Array.of(10, 10, 10, 10)
  for (let round = 0; round < 3; round++) {
    for (let width = 1; width < 20; width++) {
      const out = new Uint8Array(width * 3)
      pixels.toRgb(source, Int32Array.of(4, 1, 0, 0), out, width, 1)
      t.ok(out.every(value => value === 10))
    }
  }
})

t.test('shared memory is read as well', async t => {
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(9)
  const out = new Uint8Array(3)
  pixels.toRgb(shared, Int32Array.of(4, 1, 0, 0), out, 1, 1)
  t.same([...out], [9, 9, 9])
})

t.test('nothing is read or written outside of what is given', async t => {
  const { decodeJpeg, toRgb } = pixels
  t.throws(() => decodeJpeg(jpeg, 2, new Uint8Array(640 * 360), layout), { message: /more room/ })
  t.throws(() => decodeJpeg(jpeg, 3 as 2, room(), layout), { message: /expected jpeg/ })
  t.throws(() => decodeJpeg(jpeg, 2, room(), new Int32Array(3)), { message: /expected jpeg/ })
  t.throws(() => decodeJpeg('jpeg' as never, 2, room(), layout), { message: /expected jpeg/ })
  t.throws(() => decodeJpeg(new Uint16Array(9) as never, 2, room(), layout), {
    message: /expected jpeg/,
  })
  t.throws(() => Reflect.apply(decodeJpeg, undefined, [jpeg]), { message: /expected jpeg/ })
  const planes = new Uint8Array(6)
  const out = new Uint8Array(12)
  const refused = (sizes: readonly number[], width: number, height: number, message: RegExp) =>
    t.throws(() => toRgb(planes, Int32Array.from(sizes), out, width, height), { message })
  toRgb(planes, Int32Array.of(2, 2, 1, 1), out, 2, 2)
  refused([2, 3, 1, 1], 2, 2, /more bytes of planes/)
  refused([65535, 65535, 65535, 65535], 2, 2, /more bytes of planes/)
  refused([2, 2, 1, 1], 5, 1, /more room for RGB/)
  refused([2, 2, 1, 1], 65535, 65535, /more room for RGB/)
  refused([2, 2, 1, 0], 2, 2, /chroma/)
  refused([2, 2, -1, -1], 2, 2, /chroma/)
  refused([2, 2, 3, 1], 2, 2, /chroma/)
  refused([0, 2, 0, 0], 2, 2, /sides of 1/)
  refused([-2, -2, 0, 0], 2, 2, /sides of 1/)
  refused([2, 2, 1, 1], 0, 2, /sides of 1/)
  refused([2, 2, 1, 1], 2, 65536, /sides of 1/)
  refused([2, 2], 2, 2, /expected planes/)
  t.throws(() => Reflect.apply(toRgb, undefined, []), { message: /expected planes/ })
})

t.test('a torn, empty or foreign picture is refused, and the next one is not', async t => {
  const planes = room()
  for (const broken of [
    jpeg.subarray(0, jpeg.length >> 1),
    jpeg.subarray(0, 100),
    Buffer.alloc(0),
    Buffer.from('no picture'),
  ]) {
    t.throws(() => pixels.decodeJpeg(broken, 2, planes, layout), Error)
  }
  const ink = await sharp(photo(1)).resize(64, 64).toColourspace('cmyk').jpeg().toBuffer()
  t.throws(() => pixels.decodeJpeg(ink, 1, planes, layout), { message: 'expected YUV or grey' })
  pixels.decodeJpeg(jpeg, 2, planes, layout)
  t.same([...layout], [640, 360, 320, 180])
})

t.test('nothing is written behind the planes, however a picture is spoilt', async t => {
  const size = (640 * 360 * 3) / 2
  const memory = new Uint8Array(size + 4096).fill(170)
  let refused = 0
  for (let round = 0; round < 600; round++) {
    const spoilt = Buffer.from(jpeg)
    for (let flips = 0; flips <= round % 4; flips++) {
      const at = Math.floor(Math.random() * (round % 2 ? 700 : spoilt.length))
      spoilt[at] = spoilt[at]! ^ (1 << (round % 8))
    }
    try {
      pixels.decodeJpeg(spoilt, 2, memory.subarray(0, size), layout)
    } catch {
      refused++
    }
  }
  t.ok(refused > 10 && refused < 600, `${refused} of 600 refused`)
  t.ok(memory.subarray(size).every(value => value === 170))
})

t.test('threads have one each, and leave nothing behind', async t => {
  const path = join(packageRoot, 'native', `${process.platform}-${process.arch}.node`)
  const program = `
    const { parentPort, workerData: { path, jpeg } } = require('node:worker_threads')
    const [planes, layout] = [new Uint8Array(1280 * 720 * 3), new Int32Array(4)]
    const { decodeJpeg, toRgb } = require(path)
    for (let i = 0; i < 20; i++) decodeJpeg(jpeg, 2, planes, layout)
    toRgb(planes, layout, new Uint8Array(320 * 192 * 3), 320, 192)
    parentPort.postMessage([...layout])`
  for (let round = 0; round < 3; round++) {
    const workers = [1, 2].map(
      () => new Worker(program, { eval: true, workerData: { path, jpeg } }),
    )
    const answers = await Promise.all(workers.map(worker => once(worker, 'message')))
    t.same(answers, [[[640, 360, 320, 180]], [[640, 360, 320, 180]]])
    await Promise.all(workers.map(worker => worker.terminate()))
  }
})
