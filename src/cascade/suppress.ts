import { iou } from '../lib/box.js'
import { round } from '../lib/round.js'
import type { Detection } from './detection.js'
import type { Placement } from './input.js'
import type { Model } from './zoo.js'

/** Numbers per row of a model's output: x1, y1, x2, y2 in input pixels, score, class index. */
const ROW = 6

/** More than anybody looks at, and what COCO's rules count; it also bounds the work. */
const MAX_DETECTIONS = 100

/**
 * A model's rows as detections: class-aware greedy non-maximum suppression, boxes clipped to the frame.
 * @param rows [n, 6] float: x1, y1, x2, y2 in input pixels, score, class index
 * @param placed where in the input the frame lies
 * @param minScore rows below it are left out, 0..1
 * @returns best first, at most 100
 */
export function toDetections(
  rows: Float32Array,
  model: Model,
  placed: Placement,
  minScore: number,
): Detection[] {
  const kept: Detection[] = []
  for (const row of byScore(rows, minScore)) {
    const detection = toDetection(rows, row, model.labels, placed)
    // as `not above`, it also leaves out what is no number
    if (!(detection.box.width > 0 && detection.box.height > 0)) continue
    const rival = kept.some(
      other => other.classId === detection.classId && iou(other.box, detection.box) > model.nmsIou,
    )
    if (!rival) kept.push(detection)
    if (kept.length === MAX_DETECTIONS) break
  }
  return kept
}

function byScore(rows: Float32Array, minScore: number): number[] {
  const order: number[] = []
  for (let row = 0; row < rows.length; row += ROW) if (rows[row + 4]! >= minScore) order.push(row)
  return order.sort((a, b) => rows[b + 4]! - rows[a + 4]!)
}

function toDetection(
  rows: Float32Array,
  row: number,
  labels: readonly string[],
  placed: Placement,
): Detection {
  const left = clip((rows[row]! - placed.left) / placed.width)
  const top = clip((rows[row + 1]! - placed.top) / placed.height)
  const right = clip((rows[row + 2]! - placed.left) / placed.width)
  const bottom = clip((rows[row + 3]! - placed.top) / placed.height)
  const classId = rows[row + 5]!
  return {
    label: labels[classId] ?? `class ${classId}`,
    classId,
    // a server's, which nobody has checked, may lie beyond
    score: round(clip(rows[row + 4]!), 4),
    box: {
      x: round(left, 5),
      y: round(top, 5),
      width: round(right - left, 5),
      height: round(bottom - top, 5),
    },
  }
}

function clip(share: number): number {
  return Math.min(1, Math.max(0, share))
}
