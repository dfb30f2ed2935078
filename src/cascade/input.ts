import type { Size } from '../frame/view.js'
import type { ModelInput } from './manifest.js'

/** Where a picture lies in a network's input, in the input's pixels. */
export interface Placement extends Size {
  readonly left: number
  readonly top: number
}

/** Says where a picture of any size lies in the input. */
export function createPlacer({ width, height, fit }: ModelInput): (picture: Size) => Placement {
  const whole = { left: 0, top: 0, width, height }
  if (fit === 'stretch') return () => whole
  return picture => {
    const scale = Math.min(width / picture.width, height / picture.height)
    const inner = {
      width: Math.max(1, Math.round(picture.width * scale)),
      height: Math.max(1, Math.round(picture.height * scale)),
    }
    if (fit === 'letterbox-corner') return { left: 0, top: 0, ...inner }
    return { left: (width - inner.width) >> 1, top: (height - inner.height) >> 1, ...inner }
  }
}

/**
 * Makes what is fed to the network.
 * @param rgb [placed.height, placed.width, 3] uint8
 * @returns uint8 [height, width, 3] or float [3, height, width]; valid until the next call
 */
export type Feed = (rgb: Uint8Array, placed: Placement) => Uint8Array | Float32Array

/** The input's own memory is taken once, and none if pictures go in as they come. */
export function createFeed(input: ModelInput): Feed {
  if (input.layout === 'nchw-float') return createPlanarFeed(input)
  if (input.fit === 'stretch' && input.colour === 'rgb') return rgb => rgb
  return createInterleavedFeed(input)
}

function createInterleavedFeed({ width, height, colour, fit, pad }: ModelInput): Feed {
  const out = new Uint8Array(width * height * 3)
  const [first, last] = colour === 'rgb' ? [0, 2] : [2, 0]
  return (rgb, placed) => {
    if (fit !== 'stretch') out.fill(pad)
    let i = 0
    for (let y = 0; y < placed.height; y++) {
      let o = ((placed.top + y) * width + placed.left) * 3
      for (let x = 0; x < placed.width; x++) {
        out[o] = rgb[i + first]!
        out[o + 1] = rgb[i + 1]!
        out[o + 2] = rgb[i + last]!
        i += 3
        o += 3
      }
    }
    return out
  }
}

function createPlanarFeed(input: ModelInput): Feed {
  const { width, height, colour, fit, pad } = input
  const { mean = [0, 0, 0], std = [1, 1, 1] } = input
  const area = width * height
  const out = new Float32Array(3 * area)
  // one look-up per sample instead of a subtraction and a division
  const normalised = [0, 1, 2].map(channel =>
    Float32Array.from({ length: 256 }, (_, grey) => (grey - mean[channel]!) / std[channel]!),
  )
  return (rgb, placed) => {
    for (let channel = 0; channel < 3; channel++) {
      const table = normalised[channel]!
      if (fit !== 'stretch') out.fill(table[pad]!, channel * area, (channel + 1) * area)
      let i = colour === 'rgb' ? channel : 2 - channel
      for (let y = 0; y < placed.height; y++) {
        let o = channel * area + (placed.top + y) * width + placed.left
        for (let x = 0; x < placed.width; x++) {
          out[o++] = table[rgb[i]!]!
          i += 3
        }
      }
    }
    return out
  }
}
