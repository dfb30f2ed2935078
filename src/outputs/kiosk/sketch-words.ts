import type { Point } from '../../events/zones.js'
import {
  chosenOf,
  cornersOf,
  LEAST_CORNERS,
  labelsOf,
  type Outline,
  ordinal,
  type Sketch,
} from './sketch.js'

/** "41 % from the left, 20 % from the top". */
export function placeWords([x, y]: Point): string {
  const share = (value: number): string => `${(value * 100).toFixed(1).replace(/\.0$/, '')} %`
  return `${share(x)} from the left, ${share(y)} from the top`
}

/** "path", "zone without a name", "mask 2". */
export function outlineWords(sketch: Sketch, outline: Outline): string {
  if (outline.kind === 'mask') return `mask ${ordinal(sketch, outline)}`
  return outline.name || 'zone without a name'
}

/** "corner 2 of 5 of path". */
export function cornerWords(sketch: Sketch, index: number): string {
  const count = cornersOf(sketch).length
  const outline = chosenOf(sketch)
  const of = outline ? ` of ${outlineWords(sketch, outline)}` : ''
  return `corner ${index + 1} of ${count}${of}`
}

/** "5 corners, person and car, after 2 s". */
export function outlineFacts({ kind, polygon, labels, minSeconds }: Outline): string {
  const corners = `${polygon.length} corners`
  if (kind === 'mask') return corners
  const words = labelsOf(labels)
  const after = Number(minSeconds) > 0 ? `after ${minSeconds} s` : ''
  return [corners, words.join(', '), after].filter(Boolean).join(' · ')
}

/** What to do next. */
export function hintWords(sketch: Sketch, isTouch: boolean): string {
  const { draft, outlines } = sketch
  const touch = isTouch ? 'Tap' : 'Click'
  if (draft) {
    const left = LEAST_CORNERS - draft.corners.length
    if (draft.corners.length === 0) return `${touch} the picture where the first corner is.`
    if (left > 0) return `${left === 1 ? 'One more corner' : 'Two more corners'} at least.`
    return `${touch} the first corner, or press Enter, to close the ${draft.kind}.`
  }
  if (chosenOf(sketch)) {
    const remove = isTouch ? 'a long press' : 'Delete or a long press'
    return `Drag corners; drag a dot to add one; ${remove} removes one.`
  }
  if (outlines.length === 0) {
    return 'Zones name parts of the picture; in masks nothing is reported.'
  }
  return `${touch} one to change it.`
}
