import { BLOCKS, COLUMNS, ROWS } from './blocks.js'

/** More groups than that are weather, and need no telling apart. */
export const MAX_BLOBS = 32

/** One group of changed blocks that touch, also at corners: their bounding box in blocks, right and bottom exclusive. */
export interface Blob {
  left: number
  top: number
  right: number
  bottom: number
  /** Blocks that changed. */
  size: number
}

/** Groups changed blocks. Allocates nothing after its creation. */
export function createBlobFinder() {
  const blobs: Blob[] = Array.from({ length: MAX_BLOBS }, () => ({
    left: 0,
    top: 0,
    right: 0,
    bottom: 0,
    size: 0,
  }))
  const stack = new Uint8Array(BLOCKS)
  const open = new Uint8Array(BLOCKS)

  /** Follows one group from a block of it. */
  function flood(seed: number, blob: Blob): void {
    blob.left = COLUMNS
    blob.top = ROWS
    blob.right = 0
    blob.bottom = 0
    blob.size = 0
    let depth = 0
    stack[depth++] = seed
    open[seed] = 0
    while (depth > 0) {
      const block = stack[--depth]!
      const x = block % COLUMNS
      const y = (block / COLUMNS) | 0
      blob.size++
      blob.left = Math.min(blob.left, x)
      blob.top = Math.min(blob.top, y)
      blob.right = Math.max(blob.right, x + 1)
      blob.bottom = Math.max(blob.bottom, y + 1)
      for (let row = Math.max(0, y - 1); row <= Math.min(ROWS - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(COLUMNS - 1, x + 1); column++) {
          const neighbour = row * COLUMNS + column
          if (open[neighbour] === 0) continue
          open[neighbour] = 0
          stack[depth++] = neighbour
        }
      }
    }
  }

  /**
   * @param changed [12, 20], 1 where a block changed
   * @returns how many of `blobs` are valid now
   */
  function find(changed: Uint8Array): number {
    open.set(changed)
    let count = 0
    for (let block = 0; block < BLOCKS && count < MAX_BLOBS; block++) {
      if (open[block] !== 0) flood(block, blobs[count++]!)
    }
    return count
  }

  return { blobs: blobs as readonly Blob[], find }
}
