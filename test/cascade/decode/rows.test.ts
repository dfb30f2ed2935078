import t from 'tap'
import { createRowsDecoder } from '../../../src/cascade/decode/rows.js'
import { modelFixture } from '../../fixtures/model.js'

const model = modelFixture()

t.test('rows go through as they are, uncopied', async t => {
  const decoder = createRowsDecoder(model, [{ name: 'rows', type: 'float32', dims: [1, 100, 6] }])
  t.same(decoder.heads, ['rows'])
  const rows = new Float32Array(600)
  t.equal(decoder.decode([rows], 0.5), rows)
})

t.test('a network that does not end in rows is refused', async t => {
  const found = [{ name: 'output', type: 'float32', dims: [1, 3549, 85] }]
  t.throws(() => createRowsDecoder(model, found), {
    code: 'MODEL_INVALID',
    message: /^paper: decoder rows: expected the outputs \[1,n,6\], .* found output float32/,
  })
})
