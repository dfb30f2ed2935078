import type { ModelOf } from '../zoo.js'
import { type Decoder, findHeads, type Head } from './heads.js'
import { createRowBuffer } from './row-buffer.js'
import { activationOf } from './scores.js'

/** Input pixels per cell (Zhou et al. 2019). */
const STRIDE = 4

/**
 * CenterNet with one distance per box side (Zhou et al. 2019, box head of TTFNet, Liu et al. 2019), as in
 * github.com/610265158/mobilenetv3_centernet.
 * Heads: classes [1, classes, rows, columns]; sides [1, 4, rows, columns]: left, top, right, bottom in input pixels from
 * the cell's corner. A class counts in a cell where it is the largest of its 3 x 3 neighbours; the best such class counts.
 */
export function createCenterNetDecoder(
  model: ModelOf<'centernet'>,
  found: readonly Head[],
): Decoder {
  const columns = Math.ceil(model.input.width / STRIDE)
  const rows = Math.ceil(model.input.height / STRIDE)
  const cells = columns * rows
  const classes = model.labels.length
  const heads = findHeads(model, found, [
    [1, classes, rows, columns],
    [1, 4, rows, columns],
  ])
  const { toScore, toRaw } = activationOf(model.scores)
  const best = { raw: new Float32Array(cells), classId: new Uint16Array(cells) }
  const out = createRowBuffer(cells)

  /** @param map [rows, columns] from `start` on */
  function isPeak(map: Float32Array, start: number, cell: number): boolean {
    const x = cell % columns
    const y = (cell - x) / columns
    const value = map[start + cell]!
    for (let row = Math.max(0, y - 1); row <= Math.min(rows - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(columns - 1, x + 1); column++) {
        if (map[start + row * columns + column]! > value) return false
      }
    }
    return true
  }

  function findPeaks(map: Float32Array, floor: number): void {
    best.raw.fill(-Infinity)
    for (let c = 0; c < classes; c++) {
      const start = c * cells
      for (let cell = 0; cell < cells; cell++) {
        const value = map[start + cell]!
        if (value < floor || value <= best.raw[cell]! || !isPeak(map, start, cell)) continue
        best.raw[cell] = value
        best.classId[cell] = c
      }
    }
  }

  return {
    heads: heads.map(({ name }) => name),
    decode([map, sides], minScore) {
      findPeaks(map!, toRaw(minScore))
      out.clear()
      for (let cell = 0; cell < cells; cell++) {
        if (best.raw[cell] === -Infinity) continue
        const x = (cell % columns) * STRIDE
        const y = Math.floor(cell / columns) * STRIDE
        out.add(
          x - sides![cell]!,
          y - sides![cells + cell]!,
          x + sides![2 * cells + cell]!,
          y + sides![3 * cells + cell]!,
          toScore(best.raw[cell]!),
          best.classId[cell]!,
        )
      }
      return out.rows()
    },
  }
}
