import type { BestLook } from '../../events/event.js'

/** A part of a picture, in shares of it. */
export interface Crop {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The object and some of its surroundings. */
const AROUND = 1.25
/** A smaller part of the picture would be a handful of pixels. */
const LEAST = 0.22

/** What a small picture of an event shows, so that the object can be recognised: its box and what is around it, `aspect` times as wide as high. */
export function cropOf({ box, width, height }: BestLook, aspect: number): Crop {
  // Of one scale in both directions: shares of the height in pixels.
  const shape = aspect / (width / height)
  const wanted = Math.max(box.height * AROUND, (box.width * AROUND) / shape, LEAST)
  const most = Math.min(1, 1 / shape)
  const tall = Math.min(wanted, most)
  const wide = tall * shape
  return {
    x: within(box.x + box.width / 2 - wide / 2, 1 - wide),
    y: within(box.y + box.height / 2 - tall / 2, 1 - tall),
    width: wide,
    height: tall,
  }
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value))
}
