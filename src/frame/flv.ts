/** Adobe Flash Video File Format Specification 10.1, annex E: what lies around the body of a tag, and before H.264 data in it. */
export const TAG_HEADER = 11
export const TAG_TRAILER = 4
export const AVC_HEADER = 5

/** What every FLV stream of video alone begins with. */
export const flvHeader: Uint8Array = Buffer.from('464c5601010000000900000000', 'hex')

/** One tag of H.264, whole, with bytes of its own. */
export interface FlvTag {
  /** `parameters`: what a decoder must know first. `key`: an access unit that needs no other (IDR). `between`: one that does. */
  readonly kind: 'parameters' | 'key' | 'between'
  readonly data: Buffer
}

/**
 * Writes into an access unit, in place, whether its picture is to be shown: its times become even milliseconds, or else odd ones.
 * Pictures are more than two milliseconds apart, so that their order stays as it is.
 */
export function stamp({ data }: FlvTag, shown: boolean): void {
  const time = data.readUIntBE(4, 3)
  const toPresentation = data.readIntBE(TAG_HEADER + 2, 3)
  data.writeUIntBE(time - (time % 2) + (shown ? 0 : 1), 4, 3)
  data.writeIntBE(toPresentation - (toPresentation % 2), TAG_HEADER + 2, 3)
}

/**
 * H.264's mark for the end of a sequence, at the time of `key`. A decoder lets out for it one picture that it holds back because the
 * stream could have B-frames.
 */
export function endOfSequence({ data: key }: FlvTag): Buffer {
  const unit = [0, 0, 0, 1, 10]
  const size = TAG_HEADER + AVC_HEADER + unit.length
  const data = Buffer.alloc(size + TAG_TRAILER)
  key.copy(data, 0, 0, TAG_HEADER + AVC_HEADER)
  data.writeUIntBE(size - TAG_HEADER, 1, 3)
  data.set(unit, TAG_HEADER + AVC_HEADER)
  data.writeUInt32BE(size, size)
  return data
}
