import type { Size } from '../../frame/view.js'

/** The cells of one stride: row after row, [rows, columns]. */
export interface Level {
  /** Input pixels per cell. */
  readonly stride: number
  readonly columns: number
  readonly rows: number
  readonly cells: number
}

/** @param strides input pixels per cell, finest first; a cell that hangs over the edge counts */
export function gridOf({ width, height }: Size, strides: readonly number[]): Level[] {
  return strides.map(stride => {
    const columns = Math.ceil(width / stride)
    const rows = Math.ceil(height / stride)
    return { stride, columns, rows, cells: columns * rows }
  })
}

export function countCells(levels: readonly Level[]): number {
  return levels.reduce((sum, { cells }) => sum + cells, 0)
}
