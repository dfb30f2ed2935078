import type { ModelOf } from '../zoo.js'
import { countCells, gridOf } from './grid.js'
import { type Decoder, findHeads, type Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { argmax } from './scores.js'

/** Of the published models (YOLOX, yolox/models/yolo_head.py). */
const STRIDES = [8, 16, 32]

/**
 * YOLOX as its own export leaves it (Ge et al. 2021; demo_postprocess in yolox/utils/demo_utils.py).
 * One head: [1, cells, 5 + classes], cells row by row, stride after stride. A cell: centre x, y in cells from its corner,
 * natural logarithm of width, height in cells, objectness 0..1, classes 0..1. Score: objectness times the best class.
 */
export function createYoloxDecoder(model: ModelOf<'yolox'>, found: readonly Head[]): Decoder {
  const levels = gridOf(model.input, STRIDES)
  const cells = countCells(levels)
  const pitch = 5 + model.labels.length
  const [head] = findHeads(model, found, [[1, cells, pitch]])
  const out = createRowBuffer(cells)
  return {
    heads: [head!.name],
    decode([data], minScore) {
      const cell = data!
      out.clear()
      let at = 0
      for (const { stride, columns, rows } of levels) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++, at += pitch) {
            const objectness = cell[at + 4]!
            if (objectness < minScore) continue
            const best = argmax(cell, at + 5, at + pitch)
            const score = objectness * cell[best]!
            if (score < minScore) continue
            const centreX = (cell[at]! + x) * stride
            const centreY = (cell[at + 1]! + y) * stride
            const halfWidth = (Math.exp(cell[at + 2]!) * stride) / 2
            const halfHeight = (Math.exp(cell[at + 3]!) * stride) / 2
            out.add(
              centreX - halfWidth,
              centreY - halfHeight,
              centreX + halfWidth,
              centreY + halfHeight,
              score,
              best - at - 5,
            )
          }
        }
      }
      return out.rows()
    },
  }
}
