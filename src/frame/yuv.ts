import type { YuvPicture } from './frame.js'
import { yuvBytes } from './frame.js'

/**
 * I420 to interleaved RGB at another size: every output pixel is the mean of the source pixels under it, as an
 * antialiased bilinear reduction would give within a grey level or two. Full-range BT.601 (JFIF), what JPEG and rpicam give.
 * @param out [height, width, 3] uint8, overwritten
 */
export function yuvToRgb(source: YuvPicture, width: number, height: number, out: Uint8Array): void {
  const { data } = source
  const half = source.width >> 1
  const u0 = source.width * source.height
  const v0 = u0 + half * (source.height >> 1)
  const columns = spans(source.width, width)
  let o = 0
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * source.height) / height)
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * source.height) / height))
    const chromaRow = ((top + bottom - 1) >> 2) * half
    for (let x = 0; x < width; x++) {
      const left = columns[x]!
      const right = Math.max(left + 1, columns[x + 1]!)
      let sum = 0
      for (let row = top; row < bottom; row++) {
        const base = row * source.width
        for (let column = left; column < right; column++) sum += data[base + column]!
      }
      const luma = sum / ((bottom - top) * (right - left))
      const chroma = chromaRow + ((left + right - 1) >> 2)
      const u = data[u0 + chroma]! - 128
      const v = data[v0 + chroma]! - 128
      out[o++] = clamp(luma + 1.402 * v)
      out[o++] = clamp(luma - 0.344136 * u - 0.714136 * v)
      out[o++] = clamp(luma + 1.772 * u)
    }
  }
}

/** Interleaved RGB [height, width, 3] to I420 of the same size (both even). */
export function rgbToYuv(rgb: Uint8Array, width: number, height: number): YuvPicture {
  const data = new Uint8Array(yuvBytes(width, height))
  const half = width >> 1
  const u0 = width * height
  const v0 = u0 + half * (height >> 1)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3
      const r = rgb[i]!
      const g = rgb[i + 1]!
      const b = rgb[i + 2]!
      data[y * width + x] = clamp(0.299 * r + 0.587 * g + 0.114 * b)
      if ((x & 1) === 0 && (y & 1) === 0) {
        const chroma = (y >> 1) * half + (x >> 1)
        data[u0 + chroma] = clamp(128 - 0.168736 * r - 0.331264 * g + 0.5 * b)
        data[v0 + chroma] = clamp(128 + 0.5 * r - 0.418688 * g - 0.081312 * b)
      }
    }
  }
  return { format: 'yuv420', width, height, data }
}

/** The first source pixel of each output pixel, and the end of the last one. */
function spans(source: number, target: number): Int32Array {
  const edges = new Int32Array(target + 1)
  for (let i = 0; i <= target; i++) edges[i] = Math.floor((i * source) / target)
  return edges
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : (value + 0.5) | 0
}
