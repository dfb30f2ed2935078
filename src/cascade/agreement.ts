import { iou } from '../lib/box.js'
import type { Detection } from './detection.js'

/** Overlap from which two boxes are the same object (Everingham et al. 2010, PASCAL VOC). */
const SAME_IOU = 0.5

/** What the expert says of a frame. */
export interface ExpertWord {
  /** It would report. */
  readonly detections: readonly Detection[]
  /** It would not call absent. */
  readonly candidates: readonly Detection[]
}

/** How what was shown compares with what the expert sees, in objects. */
export interface Agreement {
  readonly found: number
  /** The expert sees them, and they were not shown. */
  readonly missed: number
  /** They were shown, and the expert calls them absent. */
  readonly falsePositives: number
}

/**
 * Compares what was shown with what the expert says of the same frame: same label, boxes that overlap by half, the expert's
 * surest objects first. Missed is what the expert would report; false is only what it would call absent, because memory rightly
 * keeps what an expert sees barely. Labels and not class numbers, because two models may number them differently.
 */
export function compareLooks(shown: readonly Detection[], expert: ExpertWord): Agreement {
  const free = new Set(shown)
  const missed = leftOver(expert.detections, free)
  const found = expert.detections.length - missed
  leftOver(expert.candidates, free)
  return { found, missed, falsePositives: free.size }
}

/** Takes the shown object of each seen one out of `free`; returns how many seen ones have none. */
function leftOver(seen: readonly Detection[], free: Set<Detection>): number {
  let alone = 0
  for (const object of [...seen].sort((a, b) => b.score - a.score)) {
    let best: Detection | undefined
    let bestIou = SAME_IOU
    for (const candidate of free) {
      const overlap = iou(candidate.box, object.box)
      if (candidate.label !== object.label || overlap < bestIou) continue
      best = candidate
      bestIou = overlap
    }
    if (best === undefined) alone++
    else free.delete(best)
  }
  return alone
}
