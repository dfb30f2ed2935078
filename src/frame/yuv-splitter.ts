import { SquintError } from '../lib/errors.js'
import { type YuvPicture, yuvBytes } from './frame.js'

/** A Y4M header is one line of about 60 characters. */
const MAX_LINE = 1024
/** No camera is configured larger; what a stream says of itself is allocated. */
const MAX_PIXELS = 8192 * 8192

export interface YuvSplitterOptions {
  /** Pixels, even. */
  readonly width: number
  readonly height: number
  /** Bytes from one row of luma to the next in the stream, even and >= width; chroma rows have half. Default: width. */
  readonly stride?: number
}

export interface YuvSplitter {
  /** The pictures that this chunk completed. They own their bytes; the chunk may be reused. */
  push(chunk: Uint8Array): YuvPicture[]
}

/** Cuts a stream of raw I420 pictures of one size, and takes padding off the rows. */
export function yuvSplitter(options: YuvSplitterOptions): YuvSplitter {
  const { width, height, stride = width } = options
  const filler = fill(yuvBytes(stride, height))
  return {
    push(chunk) {
      const pictures: YuvPicture[] = []
      for (let at = 0; at < chunk.length; ) {
        const { used, whole } = filler(chunk.subarray(at))
        at += used
        if (!whole) continue
        const data = stride === width ? whole : withoutPadding(whole, { width, height, stride })
        pictures.push({ format: 'yuv420', width, height, data })
      }
      return pictures
    },
  }
}

/** Cuts a YUV4MPEG2 stream, whose first line states the size. Throws PICTURE_BROKEN where the stream is anything else. */
export function y4mSplitter(): YuvSplitter {
  const line = readLine()
  let size: { width: number; height: number } | undefined
  let filler: ReturnType<typeof fill> | undefined
  return {
    push(chunk) {
      const pictures: YuvPicture[] = []
      for (let at = 0; at < chunk.length; ) {
        if (filler && size) {
          const { used, whole } = filler(chunk.subarray(at))
          at += used
          if (!whole) continue
          pictures.push({ format: 'yuv420', ...size, data: whole })
          filler = undefined
        } else {
          const { used, text } = line(chunk.subarray(at))
          at += used
          if (text === undefined) continue
          if (!size) size = parseHeader(text)
          else if (!/^FRAME( |$)/.test(text)) throw broken('FRAME', text)
          else filler = fill(yuvBytes(size.width, size.height))
        }
      }
      return pictures
    },
  }
}

function parseHeader(text: string): { width: number; height: number } {
  const [, width, height] = /^YUV4MPEG2 W(\d*[02468]) H(\d*[02468]) .*C420/.exec(text) ?? []
  if (!Number(width) || !Number(height)) throw broken('YUV4MPEG2 of even size and C420', text)
  if (Number(width) * Number(height) > MAX_PIXELS)
    throw broken(`at most ${MAX_PIXELS} pixels`, text)
  return { width: Number(width), height: Number(height) }
}

function broken(expected: string, found: string): SquintError {
  const message = `Y4M stream: expected ${expected}, found ${JSON.stringify(found.slice(0, 80))}`
  return new SquintError('PICTURE_BROKEN', message)
}

/** Collects `size` bytes at a time, each time into a buffer of its own. */
function fill(size: number): (bytes: Uint8Array) => { used: number; whole: Buffer | undefined } {
  let buffer: Buffer | undefined
  let have = 0
  return bytes => {
    // Not pooled, so that a picture can be handed to a worker without its neighbours.
    buffer ??= Buffer.allocUnsafeSlow(size)
    const used = Math.min(size - have, bytes.length)
    buffer.set(bytes.subarray(0, used), have)
    have += used
    if (have < size) return { used, whole: undefined }
    const whole = buffer
    buffer = undefined
    have = 0
    return { used, whole }
  }
}

function readLine(): (bytes: Uint8Array) => { used: number; text: string | undefined } {
  let rest = ''
  return bytes => {
    const end = bytes.indexOf(0x0a)
    const used = end === -1 ? bytes.length : end + 1
    rest += Buffer.from(bytes.subarray(0, Math.min(used, MAX_LINE))).toString('latin1')
    if (end === -1 && rest.length < MAX_LINE) return { used, text: undefined }
    const text = rest.trimEnd()
    rest = ''
    return { used, text }
  }
}

function withoutPadding(padded: Uint8Array, shape: Required<YuvSplitterOptions>): Uint8Array {
  const { width, height, stride } = shape
  const data = Buffer.allocUnsafeSlow(yuvBytes(width, height))
  let from = 0
  let to = 0
  const copyRows = (rows: number, bytes: number, step: number) => {
    for (let row = 0; row < rows; row += 1, from += step, to += bytes) {
      data.set(padded.subarray(from, from + bytes), to)
    }
  }
  copyRows(height, width, stride)
  // U and V follow each other, both at half size.
  copyRows(height, width / 2, stride / 2)
  return data
}
