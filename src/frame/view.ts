import {
  type EncodedPicture,
  type JpegPicture,
  MAX_PIXELS,
  type Picture,
  type YuvPicture,
} from './frame.js'
import type { ImageCodec } from './image.js'
import { isPlainJpeg } from './jpeg-header.js'
import { DENOMINATORS, type Denominator, type Pixels } from './pixels.js'
import { createResize } from './resize.js'
import { createThumbnailer } from './thumbnail.js'

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

export interface ViewerOptions {
  readonly codec: ImageCodec
  /** Left out: `codec` and our own loops do all the work. */
  readonly pixels?: Pixels | undefined
  /** The size at which a picture that `codec` unpacks is unpacked for its thumbnail, as the stage after it needs that one too. */
  readonly preview: Size
  /** The largest size that is asked for often. */
  readonly largest: Size
}

/** A picture may be so much smaller than what is asked for that nothing is lost: 1080 lines at 1/4 are 270 of 288. */
const SPARE = 0.9
/** Sizes of a few cameras, and of what networks want of them. */
const MAX_KEPT = 16

/** Opens pictures, of which one at a time is asked for pixels; what one call needs is kept for the next, so that frames cost no allocation. */
export function createViewer({ codec, pixels, preview, largest }: ViewerOptions) {
  const buffer = keep((width, height) => new Uint8Array(width * height * 3))
  const fromPreview = createThumbnailer(preview.width, preview.height)
  const thumbnailerOf = keep(createThumbnailer)
  const resize = createResize(pixels)
  const layout = new Int32Array(4)
  let planes = new Uint8Array(0)
  /** Whose planes they are. */
  let unpacked: JpegPicture | undefined

  function viewRaw(picture: YuvPicture): View {
    const { width, height } = picture
    return {
      width,
      height,
      thumbnail: async out => thumbnailerOf(width, height).fromLuma(picture.data, out),
      async rgb(size) {
        const out = buffer(size.width, size.height)
        resize(picture, size.width, size.height, out)
        return out
      },
    }
  }

  function viewCompressed(data: Uint8Array, { width, height }: Size, turned: boolean): View {
    let decoded: Promise<Uint8Array> | undefined
    const rgb = (size: Size): Promise<Uint8Array> => {
      if (size.width !== preview.width || size.height !== preview.height) {
        return codec.decode(data, size.width, size.height, turned)
      }
      decoded ??= codec.decode(data, size.width, size.height, turned)
      return decoded
    }
    return {
      width,
      height,
      rgb,
      thumbnail: async out => fromPreview.fromRgb(await rgb(preview), out),
    }
  }

  /** Unpacked once for all sizes, when the first is asked for. */
  function viewJpeg(picture: JpegPicture, { decodeJpeg, toRgb }: Pixels): View {
    const { width, height, data } = picture
    const slow = viewCompressed(data, picture, false)
    /** What our decoder does not take, `codec` may; and it has the last word on what is broken. */
    let refused = false

    function unpack(): boolean {
      if (refused || unpacked === picture) return !refused
      unpacked = undefined
      const denominator = denominatorFor(picture, largest)
      const room = (width / denominator + 16) * (height / denominator + 16) * 3
      if (planes.length < room) planes = new Uint8Array(room)
      try {
        decodeJpeg(data, denominator, planes, layout)
        unpacked = picture
      } catch {
        refused = true
      }
      return !refused
    }

    return {
      width,
      height,
      async thumbnail(out) {
        if (!unpack()) return slow.thumbnail(out)
        thumbnailerOf(layout[0]!, layout[1]!).fromLuma(planes, out)
      },
      async rgb(size) {
        if (!unpack()) return slow.rgb(size)
        const out = buffer(size.width, size.height)
        toRgb(planes, layout, out, size.width, size.height)
        return out
      },
    }
  }

  /** Rejects with PICTURE_UNSUPPORTED or PICTURE_TOO_LARGE. */
  return async function view(picture: Picture | EncodedPicture): Promise<View> {
    if (picture.format === 'yuv420') return viewRaw(picture)
    if (picture.format === 'jpeg') {
      const small = picture.width * picture.height <= MAX_PIXELS
      return pixels !== undefined && small && isPlainJpeg(picture.data)
        ? viewJpeg(picture, pixels)
        : viewCompressed(picture.data, picture, false)
    }
    const size = await codec.identify(picture.data)
    return viewCompressed(picture.data, size, size.turned)
  }
}

/** The most by which a picture may be made smaller and still be as large as what is asked for. */
function denominatorFor(picture: Size, { width, height }: Size): Denominator {
  return (
    DENOMINATORS.find(
      denominator =>
        picture.width / denominator >= width * SPARE &&
        picture.height / denominator >= height * SPARE,
    ) ?? 1
  )
}

/** What is made for each size, once; a camera whose pictures are of ever other sizes fills no memory. */
function keep<T>(make: (width: number, height: number) => T): (width: number, height: number) => T {
  const kept = new Map<number, T>()
  return (width, height) => {
    const key = width * 65_536 + height
    const known = kept.get(key)
    if (known !== undefined) return known
    if (kept.size === MAX_KEPT) kept.clear()
    const made = make(width, height)
    kept.set(key, made)
    return made
  }
}
