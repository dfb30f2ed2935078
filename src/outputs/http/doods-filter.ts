import type { Detection } from '../../cascade/detection.js'
import { round } from '../../lib/round.js'
import type { DoodsDetection, DoodsRequest } from './schemas-doods.js'

type Thresholds = DoodsRequest['detect']

/**
 * The lowest score, 0..1, that may be wanted of any object; undefined: the model's own thresholds. These stand for 0 as well,
 * which is what Home Assistant sends unless told otherwise and which would name every shadow.
 */
export function lowestScore({ detect, regions }: DoodsRequest): number | undefined {
  const asked = [detect, ...regions.map(region => region.detect)].flatMap(Object.values)
  const lowest = Math.min(...asked)
  return asked.length === 0 || lowest === 0 ? undefined : lowest / 100
}

/** Whether the request wants an object: by its label anywhere, or in one of its regions, as DOODS2 decides it (`filter_detections`). */
export function isWanted({ detect, regions }: DoodsRequest, detection: Detection): boolean {
  const { top, left, bottom, right } = edgesOf(detection)
  if (passes(detect, detection)) return true
  return regions.some(region => {
    const lies = region.covers
      ? region.top <= top && region.left <= left && region.bottom >= bottom && region.right >= right
      : top <= region.bottom && left <= region.right && bottom >= region.top && right >= region.left
    return lies && passes(region.detect, detection)
  })
}

export function toDoods(detection: Detection): DoodsDetection {
  return {
    ...edgesOf(detection),
    label: detection.label,
    confidence: round(detection.score * 100, 2),
  }
}

/** A label's own threshold stands instead of that for all others. */
function passes(thresholds: Thresholds, { label, score }: Detection): boolean {
  const threshold = thresholds[label] ?? thresholds['*']
  return threshold !== undefined && score * 100 >= threshold
}

function edgesOf({ box: { x, y, width, height } }: Detection) {
  return {
    top: round(y, 5),
    left: round(x, 5),
    bottom: round(y + height, 5),
    right: round(x + width, 5),
  }
}
