import type { JpegPicture } from './frame.js'
import { jpegSize } from './jpeg-header.js'

export interface JpegSplitterOptions {
  /** Told about every picture that had to be thrown away, with the reason. */
  readonly lost: (reason: string) => void
  /** Larger pictures are thrown away. */
  readonly maxBytes?: number
}

export interface JpegSplitter {
  /** The pictures that this chunk completed. They own their bytes; the chunk may be reused. */
  push(chunk: Uint8Array): JpegPicture[]
}

type Mode = 'seek' | 'start' | 'marker' | 'code' | 'length' | 'skip' | 'scan'

/**
 * Cuts a stream of bytes into whole JPEGs. It walks the segments by their length, so that an end marker inside EXIF cannot cut,
 * looks at each byte once, however the stream is chunked, and finds the next picture after garbage.
 */
export function jpegSplitter(options: JpegSplitterOptions): JpegSplitter {
  const { lost, maxBytes = 4 * 1024 * 1024 } = options
  let mode: Mode = 'seek'
  /** Start of the current picture, kept from earlier chunks. */
  let held = Buffer.allocUnsafeSlow(64 * 1024)
  let heldBytes = 0
  let marker = 0
  /** While in `length`: bytes of it still to read; while in `skip`: bytes of the segment. */
  let left = 0
  let length = 0
  /** Whether entropy-coded data follows the current segment or surrounds the current marker. */
  let scanning = false

  function begin(): void {
    held[0] = 0xff
    held[1] = 0xd8
    heldBytes = 2
    scanning = false
    mode = 'marker'
  }

  function tear(reason: string): void {
    mode = 'seek'
    lost(reason)
  }

  function hold(bytes: Buffer): void {
    const wanted = heldBytes + bytes.length
    if (wanted > maxBytes) {
      tear(`JPEG larger than ${maxBytes} bytes`)
      return
    }
    if (wanted > held.length) {
      const larger = Buffer.allocUnsafeSlow(2 * wanted)
      held.copy(larger, 0, 0, heldBytes)
      held = larger
    }
    bytes.copy(held, heldBytes)
    heldBytes = wanted
  }

  function finish(bytes: Buffer, pictures: JpegPicture[]): void {
    mode = 'seek'
    const data = Buffer.allocUnsafeSlow(heldBytes + bytes.length)
    held.copy(data, 0, 0, heldBytes)
    bytes.copy(data, heldBytes)
    const size = jpegSize(data)
    if (data.length > maxBytes) lost(`JPEG larger than ${maxBytes} bytes`)
    else if (size) pictures.push({ format: 'jpeg', ...size, data })
    else lost('JPEG without a size')
  }

  function onCode(code: number): 'begun' | 'whole' | undefined {
    if (code === 0xd9) return 'whole'
    if (code === 0xd8) {
      lost('JPEG torn: the next one began inside it')
      begin()
      return 'begun'
    }
    if (code === 0xff) return undefined
    if (code === 0 || (code >= 0xd0 && code <= 0xd7)) {
      // A stuffed zero or a restart marker: both only exist inside a scan.
      if (scanning) mode = 'scan'
      else tear('JPEG torn: no segment where one was due')
      return undefined
    }
    marker = code
    length = 0
    left = 2
    mode = 'length'
    return undefined
  }

  function onLength(byte: number): void {
    length = length * 256 + byte
    left -= 1
    if (left > 0) return
    left = length - 2
    scanning = marker === 0xda
    mode = 'skip'
    if (left < 0) tear('JPEG torn: segment of impossible length')
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      const pictures: JpegPicture[] = []
      let from = 0
      let at = 0
      while (at < bytes.length) {
        if (mode === 'scan' || mode === 'seek') {
          const found = bytes.indexOf(0xff, at)
          if (found === -1) break
          at = found + 1
          mode = mode === 'scan' ? 'code' : 'start'
          continue
        }
        if (mode === 'skip') {
          const step = Math.min(left, bytes.length - at)
          at += step
          left -= step
          if (left === 0) mode = scanning ? 'scan' : 'marker'
          continue
        }
        const byte = bytes[at]!
        at += 1
        if (mode === 'length') onLength(byte)
        else if (mode === 'code') {
          const seen = onCode(byte)
          if (seen === 'begun') from = at
          if (seen === 'whole') finish(bytes.subarray(from, at), pictures)
        } else if (mode === 'marker') {
          if (byte === 0xff) mode = 'code'
          else tear('JPEG torn: no marker where one was due')
        } else if (byte === 0xd8) {
          begin()
          from = at
        } else if (byte !== 0xff) mode = 'seek'
      }
      if (mode !== 'seek' && mode !== 'start') hold(bytes.subarray(from))
      return pictures
    },
  }
}
