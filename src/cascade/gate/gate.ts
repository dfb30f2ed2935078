import { createBackground } from './background.js'
import { type Blob, createBlobFinder } from './blobs.js'
import { BLOCKS } from './blocks.js'
import { createChanges } from './changes.js'
import { type Complexity, createComplexityMeter } from './complexity.js'
import { createShiftFinder, type Shift } from './shake.js'
import { createWeather } from './weather.js'

/** Share of the blocks that differ from which on the whole picture may be noisy, or have moved. */
const WHOLE_SHARE = 0.12
/** The same once the camera has shaken, for so many milliseconds: what shook shakes again. */
const SHAKY_SHARE = 0.02
const SHAKY_MS = 5000
/** Cells: less is the noise of the search. */
const LEAST_SHIFT = 0.15
/** The picture moved if that explains so much of what differs. */
const SHAKE_EXPLAINS = 0.5
/** A camera that has moved and not come back by this share of the way for so long has been turned. */
const SWUNG_BACK = 0.5
const TURNED_MS = 2000
/** Share of the blocks that differ, or brightness up or down so many times, from which on it is another scene: lens covered, light switched, camera turned. */
const CUT_SHARE = 0.7
const CUT_GAIN = 3
/** What is learned takes seconds: fast cameras need not pay for every frame. */
const LEARN_MS = 80

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

/** Stage 0: block motion against a slowly learned background, blind to light, noise, rain and shaking. */
export interface Gate {
  /**
   * Allocates nothing; the reading is valid until the next call.
   * @param luma [96, 160] uint8
   * @param atMs capture time, monotonic milliseconds
   */
  read(luma: Uint8Array, atMs: number): GateReading
}

/**
 * @param tolerance multiple of the usual difference that a block needs to have changed
 * @param hidden [12, 20], 1 for blocks whose motion counts for nothing
 */
export function createGate(tolerance = 1, hidden?: Uint8Array): Gate {
  const weather = createWeather()
  const background = createBackground(tolerance)
  const shake = createShiftFinder()
  const changes = createChanges(hidden)
  const finder = createBlobFinder()
  const measure = createComplexityMeter()
  const still: Complexity = { edges: 0, entropy: 0, crowd: 0, total: 0 }
  const reading: { -readonly [key in keyof GateReading]: GateReading[key] } = {
    motion: 1,
    complexity: still,
    event: 'cut',
    changed: changes.changed,
    blobs: finder.blobs,
    blobCount: 0,
  }
  let learnedAt = Number.NaN
  let shookAt = Number.NEGATIVE_INFINITY
  let shakenSince: number | undefined
  const turn: Shift = { x: 0, y: 0 }

  function read(picture: Uint8Array, atMs: number): GateReading {
    const luma = weather.clear(picture, atMs, reading.event === 'shake')
    reading.event = Number.isNaN(learnedAt) ? 'cut' : compare(luma, atMs)
    if (reading.event === 'cut') {
      background.restart(luma)
      changes.restart()
      learnedAt = atMs
      reading.motion = 1
    } else {
      reading.motion = changes.mark(background.excess, luma !== picture) / BLOCKS
      if (reading.event === 'none') learn(luma, atMs)
    }
    reading.blobCount = reading.motion > 0 ? finder.find(reading.changed) : 0
    reading.complexity =
      reading.motion > 0 ? measure(luma, reading.blobCount, reading.changed) : still
    return reading
  }

  function learn(luma: Uint8Array, atMs: number): void {
    const ms = Math.trunc(atMs - learnedAt)
    if (ms < LEARN_MS) return
    background.learn(luma, ms)
    learnedAt = atMs
  }

  /** Fills `background.excess`, against a background moved along if the camera shook. */
  function compare(luma: Uint8Array, atMs: number): GateEvent {
    let differing = background.compare(luma, background.cells)
    const share = atMs - shookAt <= SHAKY_MS ? SHAKY_SHARE : WHOLE_SHARE
    if (differing > share * BLOCKS) {
      if (differing > WHOLE_SHARE * BLOCKS) differing = background.absorbNoise(luma, differing)
      if (differing > share * BLOCKS && shook(luma)) {
        shookAt = atMs
        return turned(atMs) ? cut() : 'shake'
      }
    }
    const { gain } = background
    if (differing > CUT_SHARE * BLOCKS || gain > CUT_GAIN || gain < 1 / CUT_GAIN) return cut()
    shakenSince = undefined
    background.forgiveFading(luma)
    return 'none'
  }

  /** True if one shift of the whole picture explains most of what differs; `background.excess` is then what it leaves. */
  function shook(luma: Uint8Array): boolean {
    const { cells } = background
    shake.find(luma, background)
    const { x, y } = shake.shift
    if (x * x + y * y < LEAST_SHIFT ** 2) return false
    const moved = shake.move(cells)
    const unmoved = background.differingBeyond(shake.slack)
    if (background.compare(luma, moved, shake.slack) <= unmoved * SHAKE_EXPLAINS) return true
    background.compare(luma, cells)
    return false
  }

  /** True if the camera has not swung back for a while. */
  function turned(atMs: number): boolean {
    const { x, y } = shake.shift
    const away = x * turn.x + y * turn.y > (1 - SWUNG_BACK) * (turn.x * turn.x + turn.y * turn.y)
    if (shakenSince === undefined || !away) {
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

  return { read }
}
