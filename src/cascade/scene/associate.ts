import { type Box, iou } from '../../lib/box.js'
import type { Detection } from '../detection.js'

/** Least overlap of a prediction and what is seen; ByteTrack (Zhang et al. 2022) begins at 0.2. */
const MIN_IOU = 0.2
/** Boxes grow by this share of their size on each side for a second try: small fast things overlap nothing (C-BIoU, Yang et al. 2023). */
const BUFFER = 0.3

/** Anything that has a place and a class; by its label, because two models may number them differently. */
export interface Placed {
  readonly label: string
  readonly box: Box
}

/**
 * Pairs what is seen with what is known, within a class: best overlap first, then again with grown boxes for what is left over.
 * Greedy: with the few objects of a camera it finds what the Hungarian method would.
 * @returns for each detection the index of its object, or -1
 */
export function associate(seen: readonly Detection[], known: readonly Placed[]): Int32Array {
  const objectOf = new Int32Array(seen.length).fill(-1)
  const taken = new Uint8Array(known.length)
  for (const buffer of [0, BUFFER]) pair(seen, known, buffer, objectOf, taken)
  return objectOf
}

function pair(
  seen: readonly Detection[],
  known: readonly Placed[],
  buffer: number,
  objectOf: Int32Array,
  taken: Uint8Array,
): void {
  const pairs: { detection: number; object: number; overlap: number }[] = []
  for (let detection = 0; detection < seen.length; detection++) {
    if (objectOf[detection] !== -1) continue
    const { label, box } = seen[detection]!
    const wanted = grown(box, buffer)
    for (let object = 0; object < known.length; object++) {
      if (taken[object] === 1 || known[object]!.label !== label) continue
      const overlap = iou(wanted, grown(known[object]!.box, buffer))
      if (overlap > MIN_IOU) pairs.push({ detection, object, overlap })
    }
  }
  pairs.sort((a, b) => b.overlap - a.overlap)
  for (const { detection, object } of pairs) {
    if (objectOf[detection] !== -1 || taken[object] === 1) continue
    objectOf[detection] = object
    taken[object] = 1
  }
}

function grown({ x, y, width, height }: Box, by: number): Box {
  return {
    x: x - width * by,
    y: y - height * by,
    width: width * (1 + 2 * by),
    height: height * (1 + 2 * by),
  }
}
