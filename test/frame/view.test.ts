import sharp from 'sharp'
import t from 'tap'
import type { JpegPicture } from '../../src/frame/frame.js'
import { createImageCodec } from '../../src/frame/image.js'
import { type Denominator, loadPixels } from '../../src/frame/pixels.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../src/frame/thumbnail.js'
import { createViewer } from '../../src/frame/view.js'
import { rgbToYuv } from '../../src/frame/yuv.js'
import { photo } from '../fixtures/photos.js'

const preview = { width: 320, height: 192 }
const largest = { width: 480, height: 288 }
const codec = createImageCodec()
const pixels = loadPixels()
const sizes = { preview, largest }
const thumbnail = () => new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
const jpeg = { format: 'jpeg', width: 1920, height: 1280, data: photo(1) } as const

const meanDifference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length

/** How often, and by how much, pictures are unpacked. */
function counted() {
  const decodes: string[] = []
  return {
    decodes,
    codec: {
      ...codec,
      decode(...args: Parameters<typeof codec.decode>) {
        decodes.push(`sharp ${args[1]} x ${args[2]}`)
        return codec.decode(...args)
      },
    },
    pixels: {
      ...pixels,
      decodeJpeg(
        data: Uint8Array,
        denominator: Denominator,
        planes: Uint8Array,
        layout: Int32Array,
      ) {
        decodes.push(`1/${denominator}`)
        pixels.decodeJpeg(data, denominator, planes, layout)
      },
    },
  }
}

t.test('a JPEG is unpacked once for all sizes, as small as the largest allows', async t => {
  const { decodes, ...counting } = counted()
  const view = await createViewer({ ...counting, ...sizes })(jpeg)
  await view.thumbnail(thumbnail())
  const small = await view.rgb(preview)
  t.equal(await view.rgb(preview), small, 'in the same memory')
  t.equal((await view.rgb(largest)).length, 480 * 288 * 3)
  t.same(decodes, ['1/4'], '1920 x 1280 at 1/4 is 480 x 320')
})

t.test('how small depends on what is asked for', async t => {
  for (const [width, height, expected] of [
    [1280, 720, '1/2'],
    [1920, 1080, '1/4'],
    [640, 480, '1/1'],
    [3840, 2160, '1/8'],
    [320, 240, '1/1'],
  ] as const) {
    const data = await sharp(photo(1)).resize(width, height).jpeg().toBuffer()
    const { decodes, ...counting } = counted()
    const view = await createViewer({ ...counting, ...sizes })({
      format: 'jpeg',
      width,
      height,
      data,
    })
    t.equal((await view.rgb(largest)).length, 480 * 288 * 3)
    t.same(decodes, [expected], `${width} x ${height}`)
  }
})

t.test('where nothing is compiled, sharp unpacks once for thumbnail and preview', async t => {
  const { decodes, ...counting } = counted()
  const view = await createViewer({ codec: counting.codec, ...sizes })(jpeg)
  const luma = thumbnail()
  await view.thumbnail(luma)
  t.ok(new Set(luma).size > 50, 'the thumbnail shows something')
  const small = await view.rgb(preview)
  t.equal(await view.rgb(preview), small)
  t.same(decodes, ['sharp 320 x 192'])
  t.equal((await view.rgb(largest)).length, 480 * 288 * 3)
  t.same(decodes, ['sharp 320 x 192', 'sharp 480 x 288'])
})

t.test('both ways show the same picture, whatever samples its colours have', async t => {
  for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
    const data = await sharp(photo(1)).resize(1280, 720).jpeg({ chromaSubsampling }).toBuffer()
    const picture = { format: 'jpeg', width: 1280, height: 720, data } as const
    const fast = await createViewer({ codec, pixels, ...sizes })(picture)
    const slow = await createViewer({ codec, ...sizes })(picture)
    for (const size of [preview, largest, { width: 100, height: 77 }]) {
      const difference = meanDifference(await fast.rgb(size), await slow.rgb(size))
      t.ok(difference < 3, `${chromaSubsampling} ${size.width}: mean difference ${difference}`)
    }
    const [a, b] = [thumbnail(), thumbnail()]
    await fast.thumbnail(a)
    await slow.thumbnail(b)
    const difference = meanDifference(a, b)
    t.ok(difference < 6, `thumbnail: mean difference ${difference}`)
  }
})

t.test('a grey picture, and one that only sharp takes, are shown all the same', async t => {
  const { decodes, ...counting } = counted()
  const open = createViewer({ ...counting, ...sizes })
  const grey = await sharp(photo(1)).resize(1280, 720).greyscale().jpeg().toBuffer()
  const rgb = await (await open({ format: 'jpeg', width: 1280, height: 720, data: grey })).rgb(
    preview,
  )
  t.ok(rgb.every((value, i) => value === rgb[i - (i % 3)]))
  t.same(decodes, ['1/2'])
  const ink = await sharp(photo(1)).resize(1280, 720).toColourspace('cmyk').jpeg().toBuffer()
  const print = await open({ format: 'jpeg', width: 1280, height: 720, data: ink })
  await print.thumbnail(thumbnail())
  t.equal((await print.rgb(preview)).length, 320 * 192 * 3)
  t.same(decodes, ['1/2', '1/2', 'sharp 320 x 192'], 'tried once')
  const progressive = await sharp(photo(1)).jpeg({ progressive: true }).toBuffer()
  await (await open({ ...jpeg, data: progressive })).rgb(preview)
  t.same(decodes.slice(3), ['sharp 320 x 192'])
})

t.test('a torn picture is broken', async t => {
  const open = createViewer({ codec, pixels, ...sizes })
  const torn: JpegPicture = { ...jpeg, data: jpeg.data.subarray(0, jpeg.data.length >> 1) }
  await t.rejects((await open(torn)).rgb(preview), { code: 'PICTURE_BROKEN' })
  t.equal((await (await open(jpeg)).rgb(preview)).length, 320 * 192 * 3, 'and the next one is not')
})

t.test('no memory is taken for more pixels than a picture may have', async t => {
  const { decodes, ...counting } = counted()
  const open = createViewer({ ...counting, ...sizes })
  const data = Buffer.from(jpeg.data)
  const frameHeader = data.indexOf(Buffer.from([0xff, 0xc0]))
  data.writeUInt16BE(65_500, frameHeader + 5)
  data.writeUInt16BE(65_500, frameHeader + 7)
  const bomb = { format: 'jpeg', width: 65_500, height: 65_500, data } as const
  await t.rejects((await open(bomb)).rgb(preview), { code: 'PICTURE_BROKEN' })
  t.same(decodes, ['sharp 320 x 192'])
})

t.test('a picture is unpacked again if another one was meanwhile', async t => {
  const { decodes, ...counting } = counted()
  const open = createViewer({ ...counting, ...sizes })
  const first = await open(jpeg)
  const shown = Uint8Array.from(await first.rgb(preview))
  const dark = await sharp(photo(1)).linear(0.2, 0).jpeg().toBuffer()
  await (await open({ ...jpeg, data: dark })).rgb(preview)
  t.same(Uint8Array.from(await first.rgb(preview)), shown)
  t.equal(decodes.length, 3)
})

t.test('sizes come and go', async t => {
  const view = createViewer({ codec, pixels, ...sizes })
  const data = new Uint8Array(8 * 8 * 1.5).fill(128)
  const raw = await view({ format: 'yuv420', width: 8, height: 8, data })
  const first = await raw.rgb({ width: 4, height: 4 })
  for (let width = 5; width < 40; width++) {
    t.equal((await raw.rgb({ width, height: 4 })).length, width * 4 * 3)
  }
  const again = await raw.rgb({ width: 4, height: 4 })
  t.not(again, first, 'not all are kept')
  t.same([...again], [...first])
})

t.test('a picture of unknown kind is identified first', async t => {
  const open = createViewer({ codec, pixels, ...sizes })
  const view = await open({ format: 'encoded', data: photo(6) })
  t.match(view, { width: 1920, height: 1537 })
  await t.rejects(open({ format: 'encoded', data: Buffer.from('no') }), {
    code: 'PICTURE_UNSUPPORTED',
  })
})

t.test(
  'a raw picture looks like the same picture compressed, and its memory is used again',
  async t => {
    const rgb = await codec.decode(photo(1), 1280, 720)
    const raw = rgbToYuv(rgb, 1280, 720)
    const reference = await createViewer({ codec, ...sizes })(jpeg)
    const b = thumbnail()
    await reference.thumbnail(b)
    for (const compiled of [{ pixels }, {}]) {
      const view = createViewer({ codec, ...compiled, ...sizes })
      const first = await view(raw)
      const a = thumbnail()
      await first.thumbnail(a)
      const difference = meanDifference(a, b)
      t.ok(difference < 6, `mean difference ${difference}`)
      const memory = await first.rgb(preview)
      t.ok(meanDifference(memory, await reference.rgb(preview)) < 4)
      t.equal(await (await view(raw)).rgb(preview), memory)
    }
  },
)
