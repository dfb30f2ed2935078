import type { ModelOf } from '../zoo.js'
import { countCells, gridOf, type Level } from './grid.js'
import { ANY, type Head, matchHeads, refuse } from './heads.js'

/** NanoDet-m has the first three, NanoDet-Plus and PicoDet all four. */
const STRIDES = [8, 16, 32, 64]

/** Where the cells of one stride lie in a head: from `start` on, each `pitch` numbers after the one before. */
interface Place {
  /** Index into the heads. */
  readonly head: number
  readonly start: number
  readonly pitch: number
}

export interface GflLevel extends Level {
  readonly scores: Place
  readonly sides: Place
}

export interface GflLayout {
  readonly heads: readonly Head[]
  readonly levels: readonly GflLevel[]
  /** Of the distribution of one box side. */
  readonly bins: number
}

/** Finds the heads: `outputs` names all classes, finest first, then all sides; or the one head of both. Throws MODEL_INVALID. */
export function layOutGfl(model: ModelOf<'gfl'>, found: readonly Head[]): GflLayout {
  const grids = [gridOf(model.input, STRIDES), gridOf(model.input, STRIDES.slice(0, 3))]
  for (const grid of grids) {
    const layout = perLevel(model, found, grid) ?? allInOne(model, found, grid)
    if (layout !== undefined) return layout
  }
  const n = grids[0]!.map(({ cells }) => cells)
  const classes = model.labels.length
  throw refuse(
    model,
    found,
    `[1,n,${classes}] and [1,n,4 x bins] for n = ${n.slice(0, 3)} (and ${n[3]}), or [1,sum of n,${classes} + 4 x bins]`,
  )
}

function perLevel(
  model: ModelOf<'gfl'>,
  found: readonly Head[],
  grid: readonly Level[],
): GflLayout | undefined {
  const classes = model.labels.length
  const [finest] = grid
  const lastNamed = found.find(({ name }) => name === model.outputs?.at(-1))
  const sideHead =
    lastNamed ?? found.find(({ dims }) => dims[1] === finest!.cells && dims[2] !== classes)
  const pitch = sideHead?.dims[2] ?? 0
  const heads = matchHeads(model, found, [
    ...grid.map(({ cells }) => [1, cells, classes]),
    ...grid.map(({ cells }) => [1, cells, pitch]),
  ])
  if (heads === undefined || pitch % 4 !== 0) return undefined
  const levels = grid.map((level, i) => ({
    ...level,
    scores: { head: i, start: 0, pitch: classes },
    sides: { head: grid.length + i, start: 0, pitch },
  }))
  return { heads, levels, bins: pitch / 4 }
}

function allInOne(
  model: ModelOf<'gfl'>,
  found: readonly Head[],
  grid: readonly Level[],
): GflLayout | undefined {
  const classes = model.labels.length
  const heads = matchHeads(model, found, [[1, countCells(grid), ANY]])
  const pitch = heads?.[0]?.dims[2] ?? 0
  const bins = (pitch - classes) / 4
  if (heads === undefined || bins < 1 || !Number.isInteger(bins)) return undefined
  let cells = 0
  const levels = grid.map(level => {
    const start = cells * pitch
    cells += level.cells
    return {
      ...level,
      scores: { head: 0, start, pitch },
      sides: { head: 0, start: start + classes, pitch },
    }
  })
  return { heads, levels, bins }
}
