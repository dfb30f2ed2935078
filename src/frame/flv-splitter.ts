import { SquintError } from '../lib/errors.js'
import { AVC_HEADER, type FlvTag, flvHeader, TAG_HEADER, TAG_TRAILER } from './flv.js'

const VIDEO = 9
/** ITU-T H.264, table 7-1. */
const IDR_SLICE = 5

export interface FlvSplitter {
  /** The H.264 tags that this chunk completed; the chunk may be reused. */
  push(chunk: Uint8Array): FlvTag[]
}

/**
 * Cuts H.264 in FLV, as ffmpeg writes it into a pipe with lengths of four bytes, into access units. Holds one tag, which the format
 * keeps below 16 MiB. Throws PICTURE_BROKEN where the stream is anything else: a pipe tears nothing, so nothing need be found again.
 */
export function flvSplitter(): FlvSplitter {
  let expect: 'file' | 'header' | 'body' = 'file'
  let part = Buffer.allocUnsafeSlow(flvHeader.length)
  let have = 0

  /** What to do with a whole `part`: wait for the next one, or give a tag. */
  function finish(): FlvTag | undefined {
    const whole = part
    if (expect === 'header') {
      expect = 'body'
      part = Buffer.allocUnsafeSlow(TAG_HEADER + whole.readUIntBE(1, 3) + TAG_TRAILER)
      have = whole.copy(part)
      return undefined
    }
    const body = expect === 'body'
    if (!body && !whole.equals(flvHeader)) throw broken('a header of FLV', whole.toString('hex'))
    expect = 'header'
    part = Buffer.allocUnsafeSlow(TAG_HEADER)
    have = 0
    return body ? tagOf(whole) : undefined
  }

  return {
    push(chunk) {
      const tags: FlvTag[] = []
      for (let at = 0; at < chunk.length; ) {
        const bytes = chunk.subarray(at, at + part.length - have)
        part.set(bytes, have)
        at += bytes.length
        have += bytes.length
        const tag = have === part.length ? finish() : undefined
        if (tag) tags.push(tag)
      }
      return tags
    },
  }
}

/** Descriptions and the mark at the end are nobody's business here. */
function tagOf(data: Buffer): FlvTag | undefined {
  const size = data.length - TAG_TRAILER
  const told = data.readUInt32BE(size)
  if (told !== size) throw broken(`a tag of ${size} bytes`, `${told}`)
  const packet = data[0] === VIDEO ? data[TAG_HEADER + 1] : undefined
  if (packet === 0) return { kind: 'parameters', data }
  if (packet === 1) return { kind: hasIdr(data, size) ? 'key' : 'between', data }
  return undefined
}

/** FLV's own key flag also marks recovery points, from which a decoder needs several pictures more. */
function hasIdr(data: Buffer, end: number): boolean {
  for (let at = TAG_HEADER + AVC_HEADER; at + 4 < end; at += 4 + data.readUInt32BE(at)) {
    if ((data[at + 4]! & 0x1f) === IDR_SLICE) return true
  }
  return false
}

function broken(expected: string, found: string): SquintError {
  return new SquintError('PICTURE_BROKEN', `FLV stream: expected ${expected}, found ${found}`)
}
