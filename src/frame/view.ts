import type { EncodedPicture, Picture, YuvPicture } from './frame.js'
import type { ImageCodec } from './image.js'
import { createThumbnailer, type Thumbnailer } from './thumbnail.js'
import { yuvToRgb } from './yuv.js'

export interface Size {
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/** A picture that gives itself at whatever size a stage needs, and is unpacked no more often than that takes. */
export interface View extends Size {
  /** @param out [96, 160] uint8 luma, overwritten */
  thumbnail(out: Uint8Array): Promise<void>
  /** [size.height, size.width, 3] uint8 RGB; valid until another picture is asked. Rejects with PICTURE_BROKEN. */
  rgb(size: Size): Promise<Uint8Array>
}

/**
 * Opens pictures, of which one at a time is asked for pixels; what one call needs is kept for the next, so that raw pictures cost no allocation.
 * @param preview the size that a compressed picture is unpacked at for its thumbnail, as the stage after it needs that one too
 */
export function createViewer(codec: ImageCodec, preview: Size) {
  const buffers = new Map<string, Uint8Array>()
  const fromPreview = createThumbnailer(preview.width, preview.height)
  let fromRaw: Thumbnailer = fromPreview

  function buffer({ width, height }: Size): Uint8Array {
    const key = `${width}x${height}`
    const kept = buffers.get(key) ?? new Uint8Array(width * height * 3)
    buffers.set(key, kept)
    return kept
  }

  function viewRaw(picture: YuvPicture): View {
    const { width, height } = picture
    if (fromRaw.width !== width || fromRaw.height !== height)
      fromRaw = createThumbnailer(width, height)
    const thumbnailer = fromRaw
    return {
      width,
      height,
      thumbnail: async out => thumbnailer.fromYuv(picture, out),
      async rgb(size) {
        const out = buffer(size)
        yuvToRgb(picture, size.width, size.height, out)
        return out
      },
    }
  }

  function viewCompressed(data: Uint8Array, { width, height }: Size, turned: boolean): View {
    let unpacked: Promise<Uint8Array> | undefined
    const rgb = (size: Size): Promise<Uint8Array> => {
      if (size.width !== preview.width || size.height !== preview.height) {
        return codec.decode(data, size.width, size.height, turned)
      }
      unpacked ??= codec.decode(data, size.width, size.height, turned)
      return unpacked
    }
    return {
      width,
      height,
      rgb,
      thumbnail: async out => fromPreview.fromRgb(await rgb(preview), out),
    }
  }

  /** Rejects with PICTURE_UNSUPPORTED or PICTURE_TOO_LARGE. */
  return async function view(picture: Picture | EncodedPicture): Promise<View> {
    if (picture.format === 'yuv420') return viewRaw(picture)
    if (picture.format === 'jpeg') return viewCompressed(picture.data, picture, false)
    const size = await codec.identify(picture.data)
    return viewCompressed(picture.data, size, size.turned)
  }
}
