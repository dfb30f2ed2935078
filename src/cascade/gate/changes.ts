import { BLOCKS, COLUMNS, ROWS } from './blocks.js'

/** A block that differs by so many times its limit has changed at once; less must last, there or next to it. */
const STRONG = 2
/** Frames in a row: noise is elsewhere in the next frame, people are not; two flakes that fell on one place show for two. */
const LASTING = 2
const LASTING_IN_WEATHER = 3

/** Tells blocks that changed from those that differ by chance. Allocates nothing after its creation. */
export interface Changes {
  /** [12, 20], 1 where a block changed. */
  readonly changed: Uint8Array
  /**
   * @param excess how far each block differs, [12, 20], in multiples of what it may
   * @param weather true where chance is heavy: nothing counts at once
   * @returns how many blocks changed
   */
  mark(excess: Float32Array, weather: boolean): number
  /** Another scene: all of it changed. */
  restart(): void
}

/** @param hidden [12, 20], 1 for blocks that never change */
export function createChanges(hidden: Uint8Array = new Uint8Array(BLOCKS)): Changes {
  const changed = new Uint8Array(BLOCKS)
  /** For how many frames a block or what touches it has differed without a break, no more than matters. */
  let ages = new Uint8Array(BLOCKS)
  let before = new Uint8Array(BLOCKS)

  /** The highest age, one frame ago, of a block and the eight around it. */
  function oldestAround(block: number): number {
    const x = block % COLUMNS
    const y = (block / COLUMNS) | 0
    let oldest = 0
    for (let row = Math.max(0, y - 1); row <= Math.min(ROWS - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(COLUMNS - 1, x + 1); column++) {
        oldest = Math.max(oldest, before[row * COLUMNS + column]!)
      }
    }
    return oldest
  }

  return {
    changed,
    mark(excess, weather) {
      const newest = before
      before = ages
      ages = newest
      const strong = weather ? Number.POSITIVE_INFINITY : STRONG
      const lasting = weather ? LASTING_IN_WEATHER : LASTING
      let count = 0
      for (let block = 0; block < BLOCKS; block++) {
        const times = excess[block]!
        ages[block] = times > 1 ? Math.min(LASTING_IN_WEATHER, oldestAround(block) + 1) : 0
        const differs = times >= strong || ages[block]! >= lasting
        changed[block] = differs && hidden[block] === 0 ? 1 : 0
        count += changed[block]!
      }
      return count
    },
    restart() {
      changed.fill(1)
      ages.fill(0)
    },
  }
}
