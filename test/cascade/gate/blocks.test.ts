import t from 'tap'
import {
  BLOCKS,
  CELLS,
  COLUMNS,
  firstCell,
  ROWS,
  STRIDE,
} from '../../../src/cascade/gate/blocks.js'

t.test('blocks tile the thumbnail, row by row', async t => {
  t.equal(BLOCKS, 240)
  t.equal(ROWS * STRIDE, CELLS)
  t.equal(firstCell(0), 0)
  t.equal(firstCell(1), 8)
  t.equal(firstCell(COLUMNS), 8 * 160)
  t.equal(firstCell(BLOCKS - 1), 88 * 160 + 152)
})
