import t from 'tap'
import { createImageCodec } from '../../src/frame/image.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../src/frame/thumbnail.js'
import { createViewer } from '../../src/frame/view.js'
import { rgbToYuv } from '../../src/frame/yuv.js'
import { photo } from '../fixtures/photos.js'

const preview = { width: 320, height: 192 }
const codec = createImageCodec()
const thumbnail = () => new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)

t.test('a compressed picture is unpacked once for thumbnail and preview', async t => {
  let decodes = 0
  const counting = {
    ...codec,
    decode(...args: Parameters<typeof codec.decode>) {
      decodes++
      return codec.decode(...args)
    },
  }
  const view = await createViewer(
    counting,
    preview,
  )({
    format: 'jpeg',
    width: 1920,
    height: 1280,
    data: photo(1),
  })
  const luma = thumbnail()
  await view.thumbnail(luma)
  t.ok(new Set(luma).size > 50, 'the thumbnail shows something')
  const small = await view.rgb(preview)
  t.equal(await view.rgb(preview), small)
  t.equal(decodes, 1)
  t.equal((await view.rgb({ width: 480, height: 288 })).length, 480 * 288 * 3)
  t.equal(decodes, 2)
})

t.test('a picture of unknown kind is identified first', async t => {
  const view = await createViewer(codec, preview)({ format: 'encoded', data: photo(6) })
  t.match(view, { width: 1920, height: 1537 })
  await t.rejects(createViewer(codec, preview)({ format: 'encoded', data: Buffer.from('no') }), {
    code: 'PICTURE_UNSUPPORTED',
  })
})

t.test(
  'a raw picture looks like the same picture compressed, and its buffers are used again',
  async t => {
    const view = createViewer(codec, preview)
    const rgb = await codec.decode(photo(1), 1280, 720)
    const raw = rgbToYuv(rgb, 1280, 720)
    const first = await view(raw)
    const a = thumbnail()
    await first.thumbnail(a)
    const compressed = await view({ format: 'jpeg', width: 1920, height: 1280, data: photo(1) })
    const b = thumbnail()
    await compressed.thumbnail(b)
    const difference = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
    t.ok(difference < 6, `mean difference ${difference}`)
    const buffer = await first.rgb(preview)
    t.equal(await (await view(raw)).rgb(preview), buffer)
  },
)
