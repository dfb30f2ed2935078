import { createBackground } from './background.js'
import { type Blob, createBlobFinder } from './blobs.js'
import { BLOCKS, COLUMNS, ROWS } from './blocks.js'
import { type Complexity, createComplexityMeter } from './complexity.js'
import { createShiftFinder, type Shift } from './shake.js'

/** A block that differs by so many times its limit counts at once; less must last, or touch what lasts. */
const STRONG = 2
/** Milliseconds in which a weak change must show again, there or next to it: snow falls elsewhere in the next frame, people do not. */
const LASTING_MS = 250
/** Share of the blocks that differ from which on the whole picture may be noisy, or have moved. */
const WHOLE_SHARE = 0.12
/** Cells: less is the noise of the search. */
const LEAST_SHIFT = 0.15
/** The picture moved if that explains so much of what differs. */
const SHAKE_EXPLAINS = 0.5
/** A camera that stays moved for so long, to so many cells, has been turned. */
const TURNED_MS = 2000
const TURN_TOLERANCE = 0.5
/** Share of the blocks that differ, or brightness up or down so many times, from which on it is another scene: lens covered, light switched, camera turned. */
const CUT_SHARE = 0.7
const CUT_GAIN = 3

/** What is learned takes seconds: fast cameras need not pay for every frame. */
const LEARN_SECONDS = 0.08

/** What changed the picture as a whole: nothing; the camera shook; it shows another scene. */
export type GateEvent = 'none' | 'shake' | 'cut'

/** What the gate saw in one frame. */
export interface GateReading {
  /** Share of the blocks that changed, 0..1; 1 for the first frame of a scene. */
  motion: number
  readonly complexity: Complexity
  event: GateEvent
  /** [12, 20], 1 where a block changed. */
  readonly changed: Uint8Array
  /** Groups of changed blocks; the first `blobCount` are valid. */
  readonly blobs: readonly Blob[]
  blobCount: number
}

/** Stage 0: block motion against a slowly learned background, blind to light, noise, snow and shaking. */
export interface Gate {
  /**
   * Allocates nothing; the reading is valid until the next call.
   * @param luma [96, 160] uint8
   * @param atMs capture time, monotonic milliseconds
   */
  read(luma: Uint8Array, atMs: number): GateReading
}

export function createGate(): Gate {
  const background = createBackground()
  const shake = createShiftFinder()
  const finder = createBlobFinder()
  const measure = createComplexityMeter()
  const changed = new Uint8Array(BLOCKS)
  const differedAt = new Float64Array(BLOCKS)
  const still: Complexity = { edges: 0, entropy: 0, crowd: 0, total: 0 }
  const reading: { -readonly [key in keyof GateReading]: GateReading[key] } = {
    motion: 1,
    complexity: still,
    event: 'cut',
    changed,
    blobs: finder.blobs,
    blobCount: 0,
  }
  let lastMs: number | undefined
  const turn: Shift = { x: 0, y: 0 }
  let shakenSince: number | undefined
  let unlearnedSeconds = 0

  function read(luma: Uint8Array, atMs: number): GateReading {
    const seconds = lastMs === undefined ? 0 : Math.max(0, atMs - lastMs) / 1000
    reading.event = lastMs === undefined ? 'cut' : compare(luma, atMs)
    lastMs = atMs
    if (reading.event === 'cut') {
      background.restart(luma)
      differedAt.fill(Number.NEGATIVE_INFINITY)
      changed.fill(1)
      reading.motion = 1
    } else {
      reading.motion = mark(atMs) / BLOCKS
      unlearnedSeconds += seconds
      if (reading.event === 'none' && unlearnedSeconds >= LEARN_SECONDS) {
        background.learn(luma, unlearnedSeconds)
        unlearnedSeconds = 0
      }
    }
    reading.blobCount = reading.motion > 0 ? finder.find(changed) : 0
    reading.complexity = reading.motion > 0 ? measure(luma, reading.blobCount, changed) : still
    return reading
  }

  /** Fills `background.excess`, against a background moved along if the camera shook. */
  function compare(luma: Uint8Array, atMs: number): GateEvent {
    const { cells } = background
    let differing = background.compare(luma, cells)
    if (differing > WHOLE_SHARE * BLOCKS) {
      differing = background.absorbNoise(luma, differing)
      if (differing > WHOLE_SHARE * BLOCKS && shook(luma)) return turned(atMs) ? cut() : 'shake'
    }
    const { gain } = background
    if (differing > CUT_SHARE * BLOCKS || gain > CUT_GAIN || gain < 1 / CUT_GAIN) return cut()
    shakenSince = undefined
    return 'none'
  }

  /** True if one shift of the whole picture explains most of what differs; `background.excess` is then what it leaves. */
  function shook(luma: Uint8Array): boolean {
    const { cells, gain } = background
    shake.find(luma, cells, gain)
    if (Math.hypot(shake.shift.x, shake.shift.y) < LEAST_SHIFT) return false
    const moved = shake.move(cells)
    const unmoved = background.compare(luma, cells, shake.slack)
    if (background.compare(luma, moved, shake.slack) <= unmoved * SHAKE_EXPLAINS) return true
    background.compare(luma, cells)
    return false
  }

  /** True if the camera has not swung back for a while. */
  function turned(atMs: number): boolean {
    const { x, y } = shake.shift
    const stays = Math.hypot(x - turn.x, y - turn.y) < TURN_TOLERANCE
    if (shakenSince === undefined || !stays) {
      shakenSince = atMs
      turn.x = x
      turn.y = y
    }
    return atMs - shakenSince > TURNED_MS
  }

  function cut(): GateEvent {
    shakenSince = undefined
    return 'cut'
  }

  /** Marks the blocks that changed: those that differ strongly, and those that do so lastingly. Returns how many. */
  function mark(atMs: number): number {
    const { excess, weather } = background
    // in rain and snow even a strong change must show again, and in its own place
    const strong = weather ? Number.POSITIVE_INFINITY : STRONG
    const reach = weather ? 0 : 1
    let count = 0
    for (let block = 0; block < BLOCKS; block++) {
      const times = excess[block]!
      changed[block] = times > 1 && (times >= strong || lasts(block, atMs, reach)) ? 1 : 0
      count += changed[block]!
    }
    for (let block = 0; block < BLOCKS; block++) if (excess[block]! > 1) differedAt[block] = atMs
    return count
  }

  /** True if the block or one within `reach` differed a moment ago. */
  function lasts(block: number, atMs: number, reach: number): boolean {
    const x = block % COLUMNS
    const y = (block / COLUMNS) | 0
    for (let row = Math.max(0, y - reach); row <= Math.min(ROWS - 1, y + reach); row++) {
      const right = Math.min(COLUMNS - 1, x + reach)
      for (let column = Math.max(0, x - reach); column <= right; column++) {
        if (atMs - differedAt[row * COLUMNS + column]! <= LASTING_MS) return true
      }
    }
    return false
  }

  return { read }
}
