export interface PictureSize {
  /** Pixels, 1..65535. */
  readonly width: number
  readonly height: number
}

/** The size stated by a JPEG's frame header (SOF0..SOF15), found by walking its segments; undefined if it has none or is no JPEG. */
export function jpegSize(data: Uint8Array): PictureSize | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  if (data.length < 4 || view.getUint16(0) !== 0xffd8) return undefined
  // Nine bytes reach from a marker to the end of the size in a frame header.
  let at = 2
  while (at + 9 <= data.length && data[at] === 0xff) {
    const marker = view.getUint8(at + 1)
    if (isFrameHeader(marker)) return sizeAt(view, at)
    // Any number of FF may stand before a marker (ITU T.81, B.1.1.2).
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2)
  }
  return undefined
}

function sizeAt(view: DataView, at: number): PictureSize | undefined {
  const height = view.getUint16(at + 5)
  const width = view.getUint16(at + 7)
  return width > 0 && height > 0 ? { width, height } : undefined
}

/** C4, C8 and CC sit in the same range but are tables and reserved (ITU T.81, table B.1). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}
