/** Largest picture that is unpacked at all: a 24 megapixel photograph fits, a decompression bomb does not. */
export const MAX_PIXELS = 25_000_000

/** One compressed picture, exactly as the camera gave it. */
export interface JpegPicture {
  readonly format: 'jpeg'
  /** Pixels, from the JPEG's own frame header. */
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** One raw picture: planes Y, U, V one after the other (I420), chroma at half size in both directions, no padding between rows. */
export interface YuvPicture {
  readonly format: 'yuv420'
  /** Pixels, both even. */
  readonly width: number
  readonly height: number
  /** width * height * 3 / 2 bytes. */
  readonly data: Uint8Array
}

/** Bytes of a picture whose format and size are not known yet: an upload or a file. */
export interface EncodedPicture {
  readonly format: 'encoded'
  readonly data: Uint8Array
}

/** What a camera gives. */
export type Picture = JpegPicture | YuvPicture

/** One picture of one camera, labelled when it arrived. */
export interface Frame {
  readonly camera: string
  /** Counts up from 1 for as long as the camera lives, through reconnections. */
  readonly id: number
  /** Monotonic milliseconds (`monotonicMs`), for ages and intervals. */
  readonly capturedAt: number
  /** Wall-clock milliseconds since 1970, a label only. */
  readonly capturedWallMs: number
  readonly picture: Picture
}

/** Bytes of an I420 picture of this size. */
export function yuvBytes(width: number, height: number): number {
  return (width * height * 3) / 2
}
