import { iou } from '../lib/box.js'
import type { Detection } from './detection.js'

/** Overlap from which two boxes are the same object (Everingham et al. 2010, PASCAL VOC). */
const SAME_IOU = 0.5

/** How what was shown compares with what the expert sees, in objects. */
export interface Agreement {
  readonly found: number
  /** The expert sees them, and they were not shown. */
  readonly missed: number
  /** They were shown, and the expert does not see them. */
  readonly falsePositives: number
}

/**
 * Pairs two looks at the same frame: same label, boxes that overlap by half, the expert's surest objects first. Labels and
 * not class numbers, because two models may number them differently.
 */
export function compareLooks(shown: readonly Detection[], expert: readonly Detection[]): Agreement {
  const free = new Set(shown)
  for (const object of [...expert].sort((a, b) => b.score - a.score)) {
    let best: Detection | undefined
    let bestIou = SAME_IOU
    for (const candidate of free) {
      const overlap = iou(candidate.box, object.box)
      if (candidate.label !== object.label || overlap < bestIou) continue
      best = candidate
      bestIou = overlap
    }
    if (best !== undefined) free.delete(best)
  }
  const found = shown.length - free.size
  return { found, missed: expert.length - found, falsePositives: free.size }
}
