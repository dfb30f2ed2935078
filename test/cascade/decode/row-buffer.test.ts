import t from 'tap'
import { createRowBuffer } from '../../../src/cascade/decode/row-buffer.js'

t.test('rows are what was added since the last picture, in the same memory', async t => {
  const buffer = createRowBuffer(2)
  buffer.add(1, 2, 3, 4, 0.5, 6)
  buffer.add(7, 8, 9, 10, 0.25, 12)
  const first = buffer.rows()
  t.same([...first], [1, 2, 3, 4, 0.5, 6, 7, 8, 9, 10, 0.25, 12])
  buffer.clear()
  t.equal(buffer.rows().length, 0)
  buffer.add(5, 5, 5, 5, 1, 0)
  t.same([...buffer.rows()], [5, 5, 5, 5, 1, 0])
  t.equal(buffer.rows().buffer, first.buffer)
})
