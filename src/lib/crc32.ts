/** The remainders of all bytes, for the polynomial of ISO 3309 with its bits reversed. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** CRC-32 of some bytes, as gzip, zip and PNG have it: 0..2^32-1. Node.js brings its own from 20.15 on. */
export function crc32(bytes: Uint8Array): number {
  let remainder = -1
  for (let at = 0; at < bytes.length; at++)
    remainder = TABLE[(remainder ^ bytes[at]!) & 255]! ^ (remainder >>> 8)
  return (remainder ^ -1) >>> 0
}
