import { crc32 } from '../../lib/crc32.js'
import { type CameraEvent, EVENT_ID } from '../event.js'

/** An event as it was when the line was written. */
export interface EventLine {
  /** Its place in the order of arrival: a line may be written again behind younger ones. */
  readonly n: number
  /** Bytes of its picture; 0: it has none. */
  readonly picture: number
  readonly event: CameraEvent
}

/** Events that have been forgotten: what older lines say of them no longer counts. */
export interface GoneLine {
  readonly gone: readonly string[]
}

export type Line = EventLine | GoneLine

/** CRC-32 of the text and its length in bytes, both hexadecimal; the text is JSON, a line break ends it. */
const CRC_CHARS = 8
const LENGTH_CHARS = 6
const HEAD = CRC_CHARS + 1 + LENGTH_CHARS + 1
const LINE_BREAK = 10

export function encodeLine(line: Line): Uint8Array {
  const text = Buffer.from(JSON.stringify(line))
  const crc = crc32(text).toString(16).padStart(CRC_CHARS, '0')
  const length = text.length.toString(16).padStart(LENGTH_CHARS, '0')
  return Buffer.concat([Buffer.from(`${crc} ${length} `), text, Buffer.of(LINE_BREAK)])
}

/** A line with its size in bytes; null: one that is damaged. */
export type Found = { readonly line: Line; readonly bytes: number } | null

/**
 * Reads lines, whatever has happened to them: a damaged one is told as null, and reading goes on behind it. The length finds the
 * end of a line whose break is damaged, the break that of one whose length is.
 */
export function* readLines(bytes: Uint8Array): Generator<Found> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < view.length; ) {
    const text = textAt(view, at)
    const line = text && parse(text)
    if (line) {
      const size = HEAD + text.length + 1
      yield { line, bytes: size }
      at += size
    } else {
      yield null
      const end = view.indexOf(LINE_BREAK, at)
      at = end < 0 ? view.length : end + 1
    }
  }
}

/** The text of the line that begins here, if it is what was written. */
function textAt(view: Buffer, at: number): Buffer | undefined {
  const [crc, length] = view.toString('latin1', at, at + HEAD).split(' ')
  const start = at + HEAD
  const text = view.subarray(start, start + Number.parseInt(length ?? '', 16))
  return crc32(text) === Number.parseInt(crc!, 16) && text.length > 0 ? text : undefined
}

/** Ids become file names: one that is none is damage, whoever wrote it. */
function parse(text: Buffer): Line | undefined {
  try {
    const line: Line = JSON.parse(text.toString())
    const ids = 'gone' in line ? line.gone : [line.event.id]
    return ids.every(id => EVENT_ID.test(id)) ? line : undefined
  } catch {
    return undefined
  }
}
