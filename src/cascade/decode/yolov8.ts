import type { ModelOf } from '../zoo.js'
import { ANY, type Decoder, findHeads, type Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { bestClasses } from './scores.js'

/**
 * YOLOv8 and what exports like it (YOLOv9, YOLO11; Ultralytics, `Detect` in nn/modules/head.py, exported without NMS).
 * One head: [1, 4 + classes, cells]: centre x, y, width, height in input pixels, classes 0..1.
 */
export function createYolov8Decoder(model: ModelOf<'yolov8'>, found: readonly Head[]): Decoder {
  const classes = model.labels.length
  const [head] = findHeads(model, found, [[1, 4 + classes, ANY]])
  const cells = head!.dims[2]!
  const out = createRowBuffer(cells)
  const best = { score: new Float32Array(cells), classId: new Uint16Array(cells) }
  return {
    heads: [head!.name],
    decode([data], minScore) {
      const tensor = data!
      bestClasses(tensor, 4 * cells, classes, best)
      out.clear()
      for (let cell = 0; cell < cells; cell++) {
        const score = best.score[cell]!
        if (score < minScore) continue
        const x = tensor[cell]!
        const y = tensor[cells + cell]!
        const halfWidth = tensor[2 * cells + cell]! / 2
        const halfHeight = tensor[3 * cells + cell]! / 2
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
