import t from 'tap'
import { countCells, gridOf } from '../../../src/cascade/decode/grid.js'

t.test('a grid has the cells of each stride, those over the edge included', async t => {
  const grid = gridOf({ width: 416, height: 320 }, [8, 64])
  t.same(grid, [
    { stride: 8, columns: 52, rows: 40, cells: 2080 },
    { stride: 64, columns: 7, rows: 5, cells: 35 },
  ])
  t.equal(countCells(grid), 2115)
})
