import type { FrameWidth } from '../client/protocol.js'
import { WIDTHS } from './messages.js'

/** Milliseconds that a frame may take on the way; together with making it and waiting for it the picture stays well under half a second old. */
const TARGET_MS = 250
/** A wider picture is tried only if it promises to take no longer than this. */
const CALM_MS = 150
/** JPEGs grow a little slower than their area. */
const BYTES_EXPONENT = 1.5

export interface SentFrame {
  readonly bytes: number
  /** Of the picture that was sent, and of the widest that there is, in pixels. */
  readonly width: number
  readonly fullWidth: number
}

/**
 * The widest picture that the way has room for: undefined is the widest that there is. Where not even the narrowest has room, there are
 * fewer of them.
 * @param most asked for by the viewer
 */
export function widthFor(
  last: SentFrame | undefined,
  wireMs: (bytes: number) => number,
  most?: FrameWidth,
): FrameWidth | undefined {
  if (last === undefined) return most
  const fits = (width: number): boolean => {
    const bytes = last.bytes * (width / last.width) ** BYTES_EXPONENT
    return wireMs(bytes) <= (width > last.width ? CALM_MS : TARGET_MS)
  }
  const allowed = WIDTHS.filter(width => width <= (most ?? Number.POSITIVE_INFINITY))
  if (most === undefined && fits(last.fullWidth)) return undefined
  return allowed.findLast(fits) ?? allowed[0]
}
