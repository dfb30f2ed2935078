import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'

/** Cells of the thumbnail per side of a block. */
const BLOCK = 8
const COLUMNS = THUMBNAIL_WIDTH / BLOCK
const ROWS = THUMBNAIL_HEIGHT / BLOCK
const BLOCKS = COLUMNS * ROWS
/** Cells from one row of blocks to the next. */
const STRIDE = BLOCK * THUMBNAIL_WIDTH
const CELLS = THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT

/** Seconds in which the background takes on 63 % of a slow change. */
const BACKGROUND_SECONDS = 2
/** A block that differs from the background but has stood still for so long has been looked at often enough: it becomes background. */
const SETTLE_SECONDS = 0.5
/** Seconds in which a block's noise estimate follows noise, and (slowly, so that swaying leaves fall silent but a person does not) lasting change. */
const NOISE_SECONDS = 5
const UNREST_SECONDS = 60
/** Grey levels: a block has changed if its mean difference exceeds the larger of the floor and this many times its noise. */
const FLOOR = 2.5
const NOISE_FACTOR = 3
const NOISE_START = 1
const NOISE_CAP = 5
/** Grey levels per two cells from which a cell counts as an edge. */
const EDGE = 40

/** What the gate saw in one frame. */
export interface GateReading {
  /** Share of the blocks that changed, 0..1; 1 for the first frame. */
  motion: number
  /** Share of edge cells among the blocks that changed, 0..1; 0 if none did. */
  complexity: number
}

/** Stage 0: block motion against a slowly learned background, with a threshold that follows each block's own noise. */
export interface Gate {
  /**
   * Allocates nothing; the reading is valid until the next call.
   * @param luma [96, 160] uint8
   * @param atMs capture time, monotonic milliseconds
   */
  read(luma: Uint8Array, atMs: number): GateReading
}

export function createGate(): Gate {
  const background = new Float32Array(CELLS)
  const previous = new Uint8Array(CELLS)
  const noise = new Float32Array(BLOCKS).fill(NOISE_START)
  const stillSeconds = new Float32Array(BLOCKS)
  const shift = new Float32Array(BLOCKS)
  const sorted = new Float32Array(BLOCKS)
  const changed = new Uint8Array(BLOCKS)
  const reading: GateReading = { motion: 1, complexity: 0 }
  let lastMs: number | undefined

  function read(luma: Uint8Array, atMs: number): GateReading {
    if (lastMs === undefined) {
      background.set(luma)
      changed.fill(1)
      reading.motion = 1
    } else {
      const seconds = Math.max(0, atMs - lastMs) / 1000
      reading.motion = compare(luma, brightnessShift(luma), seconds) / BLOCKS
    }
    previous.set(luma)
    lastMs = atMs
    reading.complexity = reading.motion > 0 ? edgeDensity(luma, changed) : 0
    return reading
  }

  /** The median of the blocks' mean differences: exposure steps move all blocks alike, objects move few. */
  function brightnessShift(luma: Uint8Array): number {
    for (let block = 0; block < BLOCKS; block++) {
      let sum = 0
      for (let row = firstCell(block), end = row + STRIDE; row < end; row += THUMBNAIL_WIDTH) {
        for (let cell = row; cell < row + BLOCK; cell++) sum += luma[cell]! - background[cell]!
      }
      shift[block] = sum / (BLOCK * BLOCK)
    }
    sorted.set(shift)
    sorted.sort()
    return sorted[BLOCKS >> 1]!
  }

  /** Marks the blocks that changed, learns background and noise, and returns how many changed. */
  function compare(luma: Uint8Array, offset: number, seconds: number): number {
    const learn = share(seconds, BACKGROUND_SECONDS)
    const quiet = share(seconds, NOISE_SECONDS)
    const unrest = share(seconds, UNREST_SECONDS)
    let count = 0
    for (let block = 0; block < BLOCKS; block++) {
      let fromBackground = 0
      let fromPrevious = 0
      const first = firstCell(block)
      for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
        for (let cell = row; cell < row + BLOCK; cell++) {
          fromBackground += Math.abs(luma[cell]! - background[cell]! - offset)
          fromPrevious += Math.abs(luma[cell]! - previous[cell]!)
        }
      }
      const limit = Math.max(FLOOR, NOISE_FACTOR * noise[block]!)
      const difference = fromBackground / (BLOCK * BLOCK)
      const still = fromPrevious / (BLOCK * BLOCK) <= limit
      stillSeconds[block] = still ? stillSeconds[block]! + seconds : 0
      const differs = difference > limit
      changed[block] = differs ? 1 : 0
      if (differs) count++
      noise[block] = Math.min(
        NOISE_CAP,
        noise[block]! + (difference - noise[block]!) * (differs ? unrest : quiet),
      )
      absorb(luma, first, differs && stillSeconds[block]! >= SETTLE_SECONDS ? 1 : learn)
    }
    return count
  }

  function absorb(luma: Uint8Array, first: number, rate: number): void {
    for (let row = first; row < first + STRIDE; row += THUMBNAIL_WIDTH) {
      for (let cell = row; cell < row + BLOCK; cell++) {
        background[cell] = background[cell]! + (luma[cell]! - background[cell]!) * rate
      }
    }
  }

  return { read }
}

/** Share of a lasting change that an exponential average with this time constant takes on. */
function share(seconds: number, timeConstant: number): number {
  return 1 - Math.exp(-seconds / timeConstant)
}

/**
 * Share of cells with a strong gradient, 0..1.
 * @param luma [96, 160] uint8
 * @param blocks [12, 20], 1 where to look; everywhere if left out
 */
export function edgeDensity(luma: Uint8Array, blocks?: Uint8Array): number {
  let edges = 0
  let cells = 0
  for (let y = 1; y < THUMBNAIL_HEIGHT - 1; y++) {
    const blockRow = ((y / BLOCK) | 0) * COLUMNS
    for (let x = 1; x < THUMBNAIL_WIDTH - 1; x++) {
      if (blocks !== undefined && blocks[blockRow + ((x / BLOCK) | 0)] === 0) continue
      const cell = y * THUMBNAIL_WIDTH + x
      const across = Math.abs(luma[cell + 1]! - luma[cell - 1]!)
      const down = Math.abs(luma[cell + THUMBNAIL_WIDTH]! - luma[cell - THUMBNAIL_WIDTH]!)
      if (across + down > EDGE) edges++
      cells++
    }
  }
  return edges / cells
}

function firstCell(block: number): number {
  return ((block / COLUMNS) | 0) * STRIDE + (block % COLUMNS) * BLOCK
}
