import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../lib/package.js'

/** How many times smaller a JPEG may be unpacked, at no more cost than what it is made smaller by: its blocks are 8 x 8 pixels. */
export const DENOMINATORS = [8, 4, 2, 1] as const
export type Denominator = (typeof DENOMINATORS)[number]

/**
 * What is compiled for this kind of machine (native/pixels.c): each verb blocks its thread for about a millisecond, and what
 * it has worked out for pictures of one size is kept for the next. Both throw for what they cannot take; neither reads or writes outside of what it is given.
 */
export interface Pixels {
  /**
   * Leaves the planes Y, U and V one after the other, each sample once and as the JPEG has it.
   * @param planes overwritten; width * height * 3 bytes are always enough
   * @param layout [4], overwritten: width and height of Y, width and height of U and V; 0 and 0 for a grey picture
   */
  decodeJpeg(
    jpeg: Uint8Array,
    denominator: Denominator,
    planes: Uint8Array,
    layout: Int32Array,
  ): void
  /**
   * Each pixel is the mean of the area under it, bilinear where the source is the smaller one; full-range BT.601.
   * @param planes, layout as `decodeJpeg` leaves them; memory may be shared
   * @param out [height, width, 3] uint8 RGB, overwritten
   */
  toRgb(
    planes: Uint8Array,
    layout: Int32Array,
    out: Uint8Array,
    width: number,
    height: number,
  ): void
}

/** Throws where nothing was compiled for this kind of machine, or where it cannot be loaded. */
export function loadPixels(folder = join(packageRoot, 'native')): Pixels {
  return createRequire(import.meta.url)(
    join(folder, `${process.platform}-${process.arch}.node`),
  ) as Pixels
}

/**
 * The same; undefined where there is none: sharp and our own loops do the work then, in several times the time.
 * @param onError told why
 */
export function findPixels(onError: (error: Error) => void, folder?: string): Pixels | undefined {
  try {
    return loadPixels(folder)
  } catch (error) {
    onError(error as Error)
    return undefined
  }
}
