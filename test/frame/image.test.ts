import sharp from 'sharp'
import t from 'tap'
import { createImageCodec } from '../../src/frame/image.js'
import { photo } from '../fixtures/photos.js'

const codec = createImageCodec()

t.test('a photograph is identified and unpacked at the size asked for', async t => {
  t.same(await codec.identify(photo(1)), { width: 1920, height: 1280, turned: false })
  const rgb = await codec.decode(photo(1), 320, 192)
  t.equal(rgb.length, 320 * 192 * 3)
})

t.test('PNG with transparency and WebP are read as well', async t => {
  const clear = { create: { width: 40, height: 20, channels: 4, background: '#ff000080' } } as const
  const png = await sharp(clear).png().toBuffer()
  t.match(await codec.identify(png), { width: 40, height: 20 })
  t.equal((await codec.decode(png, 40, 20)).length, 40 * 20 * 3)
  const webp = await sharp(clear).webp().toBuffer()
  t.equal((await codec.decode(webp, 10, 10)).length, 300)
})

t.test('grey pictures come out with three channels', async t => {
  const grey = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#777' } })
    .toColourspace('b-w')
    .jpeg()
    .toBuffer()
  t.equal((await codec.decode(grey, 32, 32)).length, 32 * 32 * 3)
})

t.test('a photograph taken upright is turned as its camera says', async t => {
  const upright = await sharp({
    create: { width: 60, height: 30, channels: 3, background: '#fff' },
  })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  t.same(await codec.identify(upright), { width: 30, height: 60, turned: true })
  t.equal((await codec.decode(upright, 30, 60, true)).length, 30 * 60 * 3)
})

t.test('what is not a picture is refused by its kind', async t => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  for (const data of [Buffer.from('hello'), Buffer.alloc(0), svg]) {
    await t.rejects(codec.identify(data), { code: 'PICTURE_UNSUPPORTED' })
  }
})

t.test('a picture of more than 25 megapixels is refused by its header alone', async t => {
  const huge = await sharp({
    create: { width: 6000, height: 5000, channels: 3, background: '#000' },
  })
    .png()
    .toBuffer()
  await t.rejects(codec.identify(huge), { code: 'PICTURE_TOO_LARGE', message: /found 6000 x 5000/ })
})

t.test('a truncated picture is refused, not shown half grey', async t => {
  const half = photo(2).subarray(0, 60_000)
  await t.rejects(codec.decode(half, 320, 192), { code: 'PICTURE_BROKEN' })
})

t.test('raw pixels become a JPEG', async t => {
  const jpeg = await codec.encode(new Uint8Array(64 * 32 * 3).fill(128), 64, 32, 75)
  t.match(await sharp(jpeg).metadata(), { format: 'jpeg', width: 64, height: 32 })
})
