import t from 'tap'
import { createYoloxDecoder } from '../../../src/cascade/decode/yolox.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

// 8 x 4 cells of stride 8, 4 x 2 of 16, 2 x 1 of 32
const model = modelFixture<'yolox'>({
  decoder: 'yolox',
  input: inputFixture({ width: 64, height: 32, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const CELLS = 42
const PITCH = 7
const head = { name: 'output', type: 'float32', dims: [1, CELLS, PITCH] }

t.test('cells become boxes in input pixels, scored by objectness and best class', async t => {
  const { heads, decode } = createYoloxDecoder(model, [head])
  t.same(heads, ['output'])
  const data = new Float32Array(CELLS * PITCH)
  // third cell of the second row, stride 8: centre at (2.5, 1.25) cells, 2 x 4 cells large
  data.set([0.5, 0.25, Math.log(2), Math.log(4), 0.5, 0.25, 1], (8 + 2) * PITCH)
  // last cell, stride 32
  data.set([0.5, 0.5, 0, 0, 1, 0.75, 0.5], (CELLS - 1) * PITCH)
  // objects without a class, and classes without an object
  data.set([0, 0, 0, 0, 1, 0.01, 0.02], 0)
  data.set([0, 0, 0, 0, 0.01, 1, 1], PITCH)
  const rows = decode([data], 0.1)
  t.same(
    [...rows].map(value => Math.round(value * 1000) / 1000),
    [12, -6, 28, 26, 0.5, 1, 32, 0, 64, 32, 0.75, 0],
  )
  t.equal(decode([data], 0.6).length, 6, 'what scores less is left out')
  t.equal(decode([data], 0).length, CELLS * 6, 'all of it, if all is asked for')
})

t.test('another number of cells or classes is refused', async t => {
  t.throws(() => createYoloxDecoder(model, [{ ...head, dims: [1, CELLS, 85] }]), {
    code: 'MODEL_INVALID',
    message: /expected the outputs \[1,42,7\]/,
  })
})
