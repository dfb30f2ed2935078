/** What a budget may move: how hard a camera's frames are looked at. */
export interface Effort {
  /**
   * Width of the band of scores that makes a candidate ambiguous, as a share of the fitted band, 0..1.5: 1 as fitted,
   * 0 none, above 1 where the audit asks for more.
   */
  readonly doubt: number
  /** Least milliseconds between two looks by a network, on average; 0: none. Frames in between are not opened. */
  readonly lookEveryMs: number
  /** Least milliseconds between two looks by the expert that the scout asks for, on average; 0: none. */
  readonly expertEveryMs: number
}

/** What can be away from its full value, in the order in which a falling level moves it. */
export type Knob = 'thresholds' | 'escalations' | 'rate'

/** Between which rates of looks the lowest knob moves. */
export interface EffortBounds {
  /** Frames per second that the camera gives. */
  readonly fps: number
  /** Looks per second by a network that a busy scene keeps even at the floor. */
  readonly minFps: number
}

export const FULL_EFFORT: Effort = { doubt: 1, lookEveryMs: 0, expertEveryMs: 0 }

/**
 * Levels at which one knob has reached its end and the next begins. Each has as much of the way as it may save: the rate
 * saves most, so that a step of the level is worth about as many per cent anywhere.
 */
const DOUBT_ENDS = 0.85
const ESCALATIONS_END = 0.6
/** What is left of the band: less would decide too much by a single threshold. */
const LEAST_DOUBT = 0.6
/** Escalations this rare no longer matter beside the regular full look. */
const RAREST_EXPERT_MS = 10_000
/** Share of a knob's way on which its spacing grows from none to the camera's own, where it starts to matter. */
const RUN_UP = 0.05

/**
 * One level as all knobs, the cheapest to lose first: the band of doubt, then escalations, then the rate of
 * looks, geometrically. Every knob is monotone in the level, and continuous.
 * @param level 0..1: 1 is full effort, 0 the floor
 */
export function effortAt(level: number, { fps, minFps }: EffortBounds): Effort {
  const doubted = way(level, 1, DOUBT_ENDS)
  const frameMs = 1000 / fps
  return {
    doubt: 1 - (1 - LEAST_DOUBT) * doubted,
    lookEveryMs: spacing(way(level, ESCALATIONS_END, 0), frameMs, 1000 / minFps),
    expertEveryMs: spacing(way(level, DOUBT_ENDS, ESCALATIONS_END), frameMs, RAREST_EXPERT_MS),
  }
}

/** The knobs that are away from their full value. */
export function movedBy(effort: Effort): Knob[] {
  const moved: Knob[] = []
  if (effort.doubt < FULL_EFFORT.doubt) moved.push('thresholds')
  if (effort.expertEveryMs > 0) moved.push('escalations')
  if (effort.lookEveryMs > 0) moved.push('rate')
  return moved
}

/** How far the level has gone from one end to the other, 0..1. */
function way(level: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (from - level) / (from - to)))
}

/** Milliseconds between looks, from none over that of every frame to the longest; none if frames are as rare themselves. */
function spacing(gone: number, frameMs: number, longestMs: number): number {
  if (longestMs <= frameMs) return 0
  if (gone <= RUN_UP) return (frameMs * gone) / RUN_UP
  return frameMs * (longestMs / frameMs) ** ((gone - RUN_UP) / (1 - RUN_UP))
}
