import type { YuvPicture } from './frame.js'
import type { Pixels } from './pixels.js'
import { yuvToRgb } from './yuv.js'

/**
 * A raw picture as interleaved RGB of another size.
 * @param out [height, width, 3] uint8, overwritten
 */
export type Resize = (picture: YuvPicture, width: number, height: number, out: Uint8Array) => void

/** @param pixels left out: our own loops do it, in several times the time */
export function createResize(pixels?: Pixels): Resize {
  if (pixels === undefined) return yuvToRgb
  const layout = new Int32Array(4)
  return (picture, width, height, out) => {
    layout[0] = picture.width
    layout[1] = picture.height
    layout[2] = picture.width >> 1
    layout[3] = picture.height >> 1
    pixels.toRgb(picture.data, layout, out, width, height)
  }
}
