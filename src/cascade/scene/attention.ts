import type { Box } from '../../lib/box.js'
import type { Blob } from '../gate/blobs.js'
import { BLOCKS, COLUMNS, ROWS } from '../gate/blocks.js'
import type { GateReading } from '../gate/gate.js'

/** Boxes grow by so much of the frame on each side before they explain motion: shadows, swinging arms, prediction errors. */
const MARGIN = 0.04
/** An object explains a group of changed blocks if its grown box holds at least this share of them. */
const EXPLAINS = 0.3

/** Milliseconds after which a place that was looked at in vain is fresh again. */
const FORGET_MS = 2000

/** Which motion nobody has an explanation for, and when it was last looked at in vain. */
export interface Attention {
  /**
   * @param known boxes of objects that explain motion
   * @returns `explained`: no motion is left over; `fresh`: some is, where nobody has looked in vain; `waiting`: some is, and all
   * of it was looked at in vain, the longest ago `sinceMs`
   */
  weigh(reading: GateReading, known: readonly Box[], atMs: number): 'explained' | 'fresh' | Waiting
  /** A network has just looked, and this is what moves without an explanation all the same. */
  lookedInVain(reading: GateReading, known: readonly Box[], atMs: number): void
}

export interface Waiting {
  readonly sinceMs: number
  /** Blocks of the largest group. */
  readonly blocks: number
}

export function createAttention(): Attention {
  const lookedAt = new Float64Array(BLOCKS).fill(Number.NEGATIVE_INFINITY)
  const owned = new Uint8Array(BLOCKS)

  /** Marks the blocks that lie in the grown boxes. */
  function own(known: readonly Box[]): void {
    owned.fill(0)
    for (const { x, y, width, height } of known) {
      const left = Math.max(0, Math.floor((x - MARGIN) * COLUMNS))
      const right = Math.min(COLUMNS, Math.ceil((x + width + MARGIN) * COLUMNS))
      const top = Math.max(0, Math.floor((y - MARGIN) * ROWS))
      const bottom = Math.min(ROWS, Math.ceil((y + height + MARGIN) * ROWS))
      for (let row = top; row < bottom; row++) {
        if (left < right) owned.fill(1, row * COLUMNS + left, row * COLUMNS + right)
      }
    }
  }

  /** Calls back with the bounds of each group that no object explains. */
  function eachUnexplained(
    { blobs, blobCount, changed }: GateReading,
    visit: (blob: Blob) => void,
  ): void {
    for (let i = 0; i < blobCount; i++) {
      const blob = blobs[i]!
      const { left, top, right, bottom, size } = blob
      let inside = 0
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          const block = row * COLUMNS + column
          if (changed[block] === 1 && owned[block] === 1) inside++
        }
      }
      if (inside < EXPLAINS * size) visit(blob)
    }
  }

  return {
    weigh(reading, known, atMs) {
      own(known)
      let blocks = 0
      let oldest = Number.POSITIVE_INFINITY
      eachUnexplained(reading, ({ left, top, right, bottom, size }) => {
        blocks = Math.max(blocks, size)
        let latest = Number.NEGATIVE_INFINITY
        for (let row = top; row < bottom; row++) {
          for (let column = left; column < right; column++) {
            latest = Math.max(latest, lookedAt[row * COLUMNS + column]!)
          }
        }
        oldest = Math.min(oldest, latest)
      })
      if (blocks === 0) return 'explained'
      const sinceMs = atMs - oldest
      return sinceMs > FORGET_MS ? 'fresh' : { sinceMs, blocks }
    },
    lookedInVain(reading, known, atMs) {
      own(known)
      eachUnexplained(reading, ({ left, top, right, bottom }) => {
        for (let row = top; row < bottom; row++) {
          lookedAt.fill(atMs, row * COLUMNS + left, row * COLUMNS + right)
        }
      })
    },
  }
}
