import { type YuvPicture, yuvBytes } from './frame.js'

/** What a chroma sample adds to red, green and blue: full-range BT.601 (JFIF), what JPEG and rpicam give. */
const RED_V = table(1.402)
const GREEN_U = table(-0.344136)
const GREEN_V = table(-0.714136)
const BLUE_U = table(1.772)

/**
 * I420 to interleaved RGB at another size: every output pixel is the mean of the source pixels under it, as an
 * antialiased bilinear reduction would give within a grey level or two.
 * @param out [height, width, 3] uint8, overwritten
 */
export function yuvToRgb(source: YuvPicture, width: number, height: number, out: Uint8Array): void {
  const { data } = source
  const half = source.width >> 1
  const u0 = source.width * source.height
  const v0 = u0 + half * (source.height >> 1)
  const columns = spans(source.width, width)
  const sums = new Uint16Array(source.width)
  // writes that clip and round by themselves
  const rgb = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length)
  let o = 0
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * source.height) / height)
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * source.height) / height))
    const rows = sumRows(data, top, bottom, sums)
    const chromaRow = ((top + bottom - 1) >> 2) * half
    for (let x = 0; x < width; x++) {
      const left = columns[x]!
      const right = Math.max(left + 1, columns[x + 1]!)
      let sum = sums[left]!
      for (let column = left + 1; column < right; column++) sum += sums[column]!
      const luma = sum / (rows * (right - left))
      const chroma = chromaRow + ((left + right - 1) >> 2)
      const u = data[u0 + chroma]!
      const v = data[v0 + chroma]!
      rgb[o] = luma + RED_V[v]!
      rgb[o + 1] = luma + GREEN_U[u]! + GREEN_V[v]!
      rgb[o + 2] = luma + BLUE_U[u]!
      o += 3
    }
  }
}

/**
 * Adds up the luma of rows top to bottom - 1, column by column; of four rows and more every second one, which is mean enough.
 * @returns how many rows were added, at most 257
 */
function sumRows(data: Uint8Array, top: number, bottom: number, sums: Uint16Array): number {
  const width = sums.length
  const step = bottom - top < 4 ? 1 : 2
  sums.set(data.subarray(top * width, (top + 1) * width))
  let rows = 1
  for (let row = top + step; row < bottom; row += step) {
    const base = row * width
    for (let x = 0; x < width; x++) sums[x] = sums[x]! + data[base + x]!
    rows++
  }
  return rows
}

function table(factor: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, sample) => factor * (sample - 128))
}

/** Interleaved RGB [height, width, 3] to I420 of the same size (both even). */
export function rgbToYuv(rgb: Uint8Array, width: number, height: number): YuvPicture {
  const data = new Uint8Array(yuvBytes(width, height))
  const planes = new Uint8ClampedArray(data.buffer)
  const half = width >> 1
  const u0 = width * height
  const v0 = u0 + half * (height >> 1)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3
      const r = rgb[i]!
      const g = rgb[i + 1]!
      const b = rgb[i + 2]!
      planes[y * width + x] = 0.299 * r + 0.587 * g + 0.114 * b
      if ((x & 1) === 0 && (y & 1) === 0) {
        const chroma = (y >> 1) * half + (x >> 1)
        planes[u0 + chroma] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b
        planes[v0 + chroma] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b
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
