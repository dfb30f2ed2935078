import type { Box } from '../../lib/box.js'
import type { Detection } from '../detection.js'
import type { Appearance } from './appearance.js'
import { type BoxFilter, createBoxFilter } from './kalman.js'

/** `there`: it is shown. `hidden`: lost a moment ago, may come back. `refuted`: the scout sees something, the expert says there is nothing. */
export type Standing = 'there' | 'hidden' | 'refuted'

/** One thing that a camera's scene holds, or that the scout only believes to see. */
export interface SceneObject {
  /** Given when it is first shown; 0 before. */
  trackId: number
  readonly classId: number
  readonly label: string
  readonly filter: BoxFilter
  /** The filter's box. */
  readonly box: Box
  score: number
  standing: Standing
  /** Who vouches for that. */
  by: 'scout' | 'expert'
  /** True once a second look has confirmed it, or the first was beyond doubt; the others must be asked about again. */
  sure: boolean
  /** When a network saw it last, or it was found to look as before, monotonic milliseconds. */
  seenAt: number
  /** Looks in a row in which it was missing. */
  missed: number
  /** The scout's score when the expert refuted it. */
  refutedScore: number
  /** Its place as it looked when a network saw it last. */
  appearance: Appearance
}

export function createObject(
  { classId, label, box, score }: Detection,
  by: SceneObject['by'],
  atMs: number,
  appearance: Appearance,
): SceneObject {
  const filter = createBoxFilter(box)
  return {
    trackId: 0,
    classId,
    label,
    filter,
    get box() {
      return filter.box
    },
    score,
    standing: 'there',
    by,
    sure: false,
    seenAt: atMs,
    missed: 0,
    refutedScore: 0,
    appearance,
  }
}
