export interface PictureSize {
  /** Pixels, 1..65535. */
  readonly width: number
  readonly height: number
}

interface FrameHeader extends PictureSize {
  /** 0xc0..0xcf, which tells the way it is packed. */
  readonly marker: number
}

/** Y, U and V may each have a scan of their own. */
const MAX_PLAIN_SCANS = 3

/** The size stated by a JPEG's frame header (SOF0..SOF15), found by walking its segments; undefined if it has none or is no JPEG. */
export function jpegSize(data: Uint8Array): PictureSize | undefined {
  const header = frameHeader(data)
  return header && { width: header.width, height: header.height }
}

/** True for JPEGs as cameras pack them: each row is there as soon as its bytes are (SOF0, SOF1). */
export function isPlainJpeg(data: Uint8Array): boolean {
  const { marker = 0 } = frameHeader(data) ?? {}
  return (marker === 0xc0 || marker === 0xc1) && jpegScans(data, MAX_PLAIN_SCANS) <= MAX_PLAIN_SCANS
}

function frameHeader(data: Uint8Array): FrameHeader | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (data.length < 4 || view.getUint16(0) !== 0xffd8) return undefined
  // Nine bytes reach from a marker to the end of the size in a frame header.
  let at = 2
  while (at + 9 <= data.length && data[at] === 0xff) {
    const marker = view.getUint8(at + 1)
    if (isFrameHeader(marker)) return headerAt(view, at, marker)
    // Any number of FF may stand before a marker (ITU T.81, B.1.1.2).
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return undefined
}

/**
 * How many scans a JPEG has, each of which is applied to the whole picture: ten where a picture appears by and by, and no more than
 * `most` + 1 are counted. What lies behind its end, as films do behind photographs, is not its.
 */
export function jpegScans(data: Uint8Array, most: number): number {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  let scans = 0
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff && scans <= most) {
    const marker = bytes[at + 1]!
    if (marker === 0xd9) break
    at += marker === 0xff ? 1 : isAlone(marker) ? 2 : 2 + bytes.readUInt16BE(at + 2)
    if (marker !== 0xda) continue
    scans++
    at = afterScan(bytes, at)
  }
  return scans
}

/** Where the next segment begins. In a scan FF is followed by a zero, a restart marker or another FF. */
function afterScan(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(0xff, start)
  while (at >= 0 && isOfScan(bytes[at + 1])) at = bytes.indexOf(0xff, at + 1)
  return at < 0 ? bytes.length : at
}

function isOfScan(code = -1): boolean {
  return code === 0 || code === 0xff || (code >= 0xd0 && code <= 0xd7)
}

/** TEM and restart markers have no length, and decoders pass over them. */
function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
}

function headerAt(view: DataView, at: number, marker: number): FrameHeader | undefined {
  const height = view.getUint16(at + 5)
  const width = view.getUint16(at + 7)
  return width > 0 && height > 0 ? { width, height, marker } : undefined
}

/** C4, C8 and CC sit in the same range but are tables and reserved (ITU T.81, table B.1). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
