import type { BudgetConfig } from './config.js'
import { type Effort, effortAt, FULL_EFFORT, type Knob, movedBy } from './effort.js'
import { type BudgetSample, createGauges, RISE, type Target } from './gauge.js'

/** Milliseconds between two moves of the level. */
const STEP_MS = 500
/** A longer pause between two frames counts as so long: one frame after a gap cannot move much. */
const LONGEST_SECONDS = 2
/** No move before so much has been seen: the first frames always get a full look. */
const WARM_UP_MS = 2000
/** The camera's own rate is an average over about so many frames, and a gap counts as so many frames at most. */
const RATE_FRAMES = 50
const GAP_FRAMES = 4
/** Below it nothing is left to give. */
const FLOOR = 0.02

/** While the board throttles, the level goes down so far, so often; afterwards it waits, then gains so much per second. */
const THROTTLE_CUT = 0.1
const THROTTLE_CUT_MS = 3000
const THROTTLE_WAIT_MS = 20_000
const THROTTLE_RISE = 0.01

export interface BudgetState {
  /** 1: full effort, 0: the floor. */
  readonly level: number
  /** What keeps the level below 1; null if nothing does. */
  readonly limitedBy: Target | 'throttled' | null
  /** Of what limits, in its own unit, and its average over the last seconds; null if nothing does or it has no number. */
  readonly target: number | null
  readonly actual: number | null
  /** Nothing is left to give: a target that is exceeded here cannot be kept. */
  readonly atFloor: boolean
  /** The knobs that are away from their full value. */
  readonly moved: readonly Knob[]
  readonly effort: Effort
}

/** Keeps what one camera costs at its targets by moving its effort. */
export interface Budget {
  /** Every frame that got a result, in order, those that ended at the gate too. */
  observe(sample: BudgetSample): void
  /** Valid at once; a new one only when the level has been decided anew, at most twice a second. */
  state(): BudgetState
}

const UNLIMITED: BudgetState = {
  level: 1,
  limitedBy: null,
  target: null,
  actual: null,
  atFloor: false,
  moved: [],
  effort: FULL_EFFORT,
}

/**
 * Feedback with integral action: the level falls while a target is exceeded and rises, more slowly, while there is room.
 * It needs no model of the board. The target that asks for least effort wins. The level itself is what is integrated, so
 * that at 0 or 1 nothing winds up. Without a target the effort is full, whatever happens.
 */
export function createBudget(config: BudgetConfig): Budget {
  const gauges = createGauges(config)
  if (gauges.length === 0) return { observe() {}, state: () => UNLIMITED }
  let state = UNLIMITED
  let level = 1
  /** What throttling leaves of the level. */
  let ceiling = 1
  let cutMs = -Infinity
  let firstMs: number | undefined
  let lastMs = 0
  let steppedMs = 0
  /** Mean milliseconds between frames; 0 until there are two. */
  let frameMs = 0

  function observe(sample: BudgetSample): void {
    const { atMs } = sample
    if (firstMs === undefined) {
      firstMs = atMs
      steppedMs = atMs
      lastMs = atMs
    }
    const gapMs = Math.max(0, atMs - lastMs)
    lastMs = atMs
    const usualMs = Math.min(gapMs, GAP_FRAMES * frameMs)
    frameMs = frameMs === 0 ? gapMs : frameMs + (usualMs - frameMs) / RATE_FRAMES
    for (const gauge of gauges) gauge.observe(sample, Math.min(LONGEST_SECONDS, gapMs / 1000))
    if (atMs - firstMs < WARM_UP_MS || atMs - steppedMs < STEP_MS) return
    const seconds = Math.min(LONGEST_SECONDS, (atMs - steppedMs) / 1000)
    steppedMs = atMs
    step(seconds, sample)
  }

  function step(seconds: number, { atMs, throttled }: BudgetSample): void {
    let move = RISE
    let binding = gauges[0]!
    for (const gauge of gauges) {
      const wanted = gauge.wants()
      if (wanted === undefined || wanted > move) continue
      move = wanted
      binding = gauge
    }
    level = Math.min(1, Math.max(0, level + move * seconds))
    if (!throttled) {
      if (atMs - cutMs > THROTTLE_WAIT_MS) ceiling = Math.min(1, ceiling + THROTTLE_RISE * seconds)
    } else if (atMs - cutMs >= THROTTLE_CUT_MS) {
      ceiling = Math.max(0, Math.min(level, ceiling) - THROTTLE_CUT)
      cutMs = atMs
    }
    const capped = level > ceiling
    level = Math.min(level, ceiling)
    const effort = effortAt(level, { fps: 1000 / frameMs, minFps: config.minFps })
    state =
      level === 1
        ? UNLIMITED
        : {
            level,
            limitedBy: capped ? 'throttled' : binding.name,
            target: capped ? null : binding.target,
            actual: capped ? null : binding.actual(),
            atFloor: level < FLOOR,
            moved: movedBy(effort),
            effort,
          }
  }

  return { observe, state: () => state }
}
