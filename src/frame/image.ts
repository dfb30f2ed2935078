import sharp from 'sharp'
import { messageOf, SquintError } from '../lib/errors.js'
import { MAX_PIXELS } from './frame.js'
import { jpegScans } from './jpeg-header.js'

/**
 * A sound JPEG of some hundred bytes a scan may have hundreds, and each costs 14 ms at 25 megapixels and one colour (AMD EPYC): 882 of them
 * kept everybody waiting for 12 s. Programs that write progressive pictures use ten to twelve.
 */
const MAX_SCANS = 32

const FORMATS = new Set(['jpeg', 'png', 'webp'])

/** Size of a picture as people see it (EXIF orientation applied). */
export interface PictureSize {
  readonly width: number
  readonly height: number
  /** True if the stored pixels must be turned before use. */
  readonly turned: boolean
}

/** Everything that compresses or decompresses pictures; the only user of sharp. */
export interface ImageCodec {
  /** Reads the header only. Rejects with PICTURE_UNSUPPORTED or PICTURE_TOO_LARGE. */
  identify(data: Uint8Array): Promise<PictureSize>
  /** The whole picture stretched to width x height: [height, width, 3] uint8 RGB. Rejects with PICTURE_BROKEN or PICTURE_TOO_LARGE. */
  decode(data: Uint8Array, width: number, height: number, turned?: boolean): Promise<Uint8Array>
  /** @param rgb [height, width, 3] uint8; @param quality 1..100 */
  encode(rgb: Uint8Array, width: number, height: number, quality: number): Promise<Uint8Array>
}

export function createImageCodec(): ImageCodec {
  // one frame at a time, never the same one twice: a cache would only hold memory
  sharp.cache(false)
  sharp.concurrency(1)
  // loaders that nobody needs are loaders that nobody can attack (libvips names)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'],
  })
  return {
    async identify(data) {
      const header = await readHeader(data).catch(() => undefined)
      if (header === undefined || !FORMATS.has(header.format)) {
        throw new SquintError(
          'PICTURE_UNSUPPORTED',
          'body: expected a JPEG, PNG or WebP picture, found something else',
        )
      }
      if (header.width * header.height > MAX_PIXELS) {
        throw new SquintError(
          'PICTURE_TOO_LARGE',
          `picture: expected at most ${MAX_PIXELS / 1e6} megapixels, found ${header.width} x ${header.height}`,
        )
      }
      const { width, height } = header.autoOrient
      return { width, height, turned: (header.orientation ?? 1) > 1 }
    },
    async decode(data, width, height, turned = false) {
      if (jpegScans(data, MAX_SCANS) > MAX_SCANS) {
        throw new SquintError(
          'PICTURE_TOO_LARGE',
          `picture: expected at most ${MAX_SCANS} scans, found more`,
        )
      }
      const picture = sharp(data, { limitInputPixels: MAX_PIXELS, autoOrient: turned })
      try {
        // `linear` keeps shrink-on-load and is the resize that the models were trained with
        return await picture
          .resize(width, height, { fit: 'fill', kernel: 'linear' })
          .flatten()
          .toColourspace('srgb')
          .raw()
          .toBuffer()
      } catch (error) {
        throw new SquintError(
          'PICTURE_BROKEN',
          `picture: expected a whole picture, found ${messageOf(error)}`,
          {
            cause: error,
          },
        )
      }
    },
    encode(rgb, width, height, quality) {
      return sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg({ quality })
        .toBuffer()
    },
  }
}

/** Async so that what sharp throws at once rejects as well. */
async function readHeader(data: Uint8Array) {
  return sharp(data, { limitInputPixels: false }).metadata()
}
