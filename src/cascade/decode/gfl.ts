import type { ModelOf } from '../zoo.js'
import { layOutGfl } from './gfl-layout.js'
import { countCells } from './grid.js'
import type { Decoder, Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { activationOf, argmax } from './scores.js'

/**
 * NanoDet and PicoDet: generalised focal loss, each box side a distribution over bins of 0, 1, 2 ... strides (Li et al. 2020;
 * github.com/RangiLyu/nanodet, model/head/gfl_head.py and nanodet_plus_head.py).
 * Heads: for each stride classes [1, cells, classes] and sides [1, cells, 4 x bins], left, top, right, bottom before
 * softmax; or all in one, stride after stride, [1, cells, classes + 4 x bins]. Sides count from `cellCentre` of a cell.
 */
export function createGflDecoder(model: ModelOf<'gfl'>, found: readonly Head[]): Decoder {
  const { heads, levels, bins } = layOutGfl(model, found)
  const classes = model.labels.length
  const { cellCentre } = model
  const { toScore, toRaw } = activationOf(model.scores)
  const out = createRowBuffer(countCells(levels))
  return {
    heads: heads.map(({ name }) => name),
    decode(data, minScore) {
      const floor = toRaw(minScore)
      out.clear()
      for (const { stride, columns, cells, scores, sides } of levels) {
        const score = data[scores.head]!
        const side = data[sides.head]!
        for (let cell = 0; cell < cells; cell++) {
          const first = scores.start + cell * scores.pitch
          const best = argmax(score, first, first + classes)
          if (score[best]! < floor) continue
          const x = ((cell % columns) + cellCentre) * stride
          const y = (Math.floor(cell / columns) + cellCentre) * stride
          const at = sides.start + cell * sides.pitch
          out.add(
            x - expectedBin(side, at, bins) * stride,
            y - expectedBin(side, at + bins, bins) * stride,
            x + expectedBin(side, at + 2 * bins, bins) * stride,
            y + expectedBin(side, at + 3 * bins, bins) * stride,
            toScore(score[best]!),
            best - first,
          )
        }
      }
      return out.rows()
    },
  }
}

/** The mean of a distribution over 0..bins - 1. @param data its logits from `start` on */
function expectedBin(data: Float32Array, start: number, bins: number): number {
  // the largest is taken off before exp, so that none overflows
  const largest = data[argmax(data, start, start + bins)]!
  let total = 0
  let mean = 0
  for (let bin = 0; bin < bins; bin++) {
    const weight = Math.exp(data[start + bin]! - largest)
    total += weight
    mean += weight * bin
  }
  return mean / total
}
