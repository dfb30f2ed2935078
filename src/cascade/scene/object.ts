import type { Box } from '../../lib/box.js'
import { round } from '../../lib/round.js'
import type { Detection, Tracked } from '../detection.js'
import { type Appearance, takeAppearance } from './appearance.js'
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

/** @param luma [96, 160] uint8 */
export function createObject(
  { classId, label, box, score }: Detection,
  by: SceneObject['by'],
  luma: Uint8Array,
  atMs: number,
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
    appearance: takeAppearance(luma, box),
  }
}

/** A network has seen it again. @param luma [96, 160] uint8 */
export function see(object: SceneObject, seen: Detection, luma: Uint8Array, atMs: number): void {
  object.filter.correct(seen.box)
  // the expert's score is worth more than the scout's
  object.score = object.by === 'expert' ? Math.max(object.score, seen.score) : seen.score
  object.seenAt = atMs
  object.missed = 0
  object.appearance = takeAppearance(luma, seen.box)
}

/** As it is published: in the picture as far as it is in it. */
export function toTracked({ trackId, label, classId, score, box }: SceneObject): Tracked {
  const left = Math.max(0, box.x)
  const top = Math.max(0, box.y)
  return {
    label,
    classId,
    score,
    box: {
      x: round(left, 5),
      y: round(top, 5),
      width: round(Math.min(1, box.x + box.width) - left, 5),
      height: round(Math.min(1, box.y + box.height) - top, 5),
    },
    trackId,
  }
}
