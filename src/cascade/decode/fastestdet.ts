import type { ModelOf } from '../zoo.js'
import { type Decoder, findHeads, type Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { bestClasses, sigmoid } from './scores.js'

/** The only level of the published model. */
const STRIDE = 16
/** Weights of objectness and class in a score (FastestDet, utils/tool.py). */
const OBJECTNESS_POWER = 0.6
const CLASS_POWER = 0.4

/**
 * FastestDet as its own export leaves it (github.com/dog-qiuqiu/FastestDet, utils/tool.py, handle_preds).
 * One head: [1, 5 + classes, rows, columns]: objectness 0..1; centre x, y in cells from the cell's corner before tanh;
 * width, height in shares of the input before sigmoid; classes 0..1.
 */
export function createFastestDetDecoder(
  model: ModelOf<'fastestdet'>,
  found: readonly Head[],
): Decoder {
  const { width, height } = model.input
  const columns = Math.ceil(width / STRIDE)
  const rows = Math.ceil(height / STRIDE)
  const cells = columns * rows
  const classes = model.labels.length
  const [head] = findHeads(model, found, [[1, 5 + classes, rows, columns]])
  const out = createRowBuffer(cells)
  const best = { score: new Float32Array(cells), classId: new Uint16Array(cells) }
  return {
    heads: [head!.name],
    decode([data], minScore) {
      const tensor = data!
      bestClasses(tensor, 5 * cells, classes, best)
      out.clear()
      for (let cell = 0; cell < cells; cell++) {
        const score = tensor[cell]! ** OBJECTNESS_POWER * best.score[cell]! ** CLASS_POWER
        if (score < minScore) continue
        const x = ((Math.tanh(tensor[cells + cell]!) + (cell % columns)) / columns) * width
        const y =
          ((Math.tanh(tensor[2 * cells + cell]!) + Math.floor(cell / columns)) / rows) * height
        const halfWidth = (sigmoid(tensor[3 * cells + cell]!) * width) / 2
        const halfHeight = (sigmoid(tensor[4 * cells + cell]!) * height) / 2
        out.add(
          x - halfWidth,
          y - halfHeight,
          x + halfWidth,
          y + halfHeight,
          score,
          best.classId[cell]!,
        )
      }
      return out.rows()
    },
  }
}
