import type { Box } from '../lib/box.js'
import type { BestLook } from './event.js'
import type { SeenFrame } from './stay.js'

/** So much more a look must be worth: an object that comes from afar is seen best a dozen times, and not in every frame. */
const CLEARLY = 1.2
/** Something of it lies beyond the picture. */
const CUT = 0.6
/** Share of the picture between a box and the edge that it touches. */
const TOUCHES = 0.005

/** A best look, and what it is worth. */
export interface ValuedLook {
  readonly look: BestLook
  readonly worth: number
}

/** The look at an object that this frame gives. One that no network has taken is worth nothing: its box is a guess. */
export function lookOf(
  { score, box }: { readonly score: number; readonly box: Box },
  { frameId, width, height, exit }: SeenFrame,
  at: string,
): ValuedLook {
  const { stage, reason } = exit
  const look = { frame: frameId, at, score, box, width, height, exit: { stage, reason } }
  return { look, worth: stage === 'gate' ? 0 : worthOf(score, box) }
}

/** True if an object is clearly better seen now than it was. */
export function isBetter(
  { score, box }: { readonly score: number; readonly box: Box },
  { exit }: SeenFrame,
  { worth }: ValuedLook,
): boolean {
  return exit.stage !== 'gate' && worthOf(score, box) > CLEARLY * worth
}

/** Score times width of a square of the same area, so that twice as near counts like twice as sure. */
function worthOf(score: number, { x, y, width, height }: Box): number {
  const isCut = x < TOUCHES || y < TOUCHES || x + width > 1 - TOUCHES || y + height > 1 - TOUCHES
  return score * Math.sqrt(width * height) * (isCut ? CUT : 1)
}
