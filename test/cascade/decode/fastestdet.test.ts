import t from 'tap'
import { createFastestDetDecoder } from '../../../src/cascade/decode/fastestdet.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const model = modelFixture<'fastestdet'>({
  decoder: 'fastestdet',
  input: inputFixture({ width: 64, height: 32, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const CELLS = 8
const head = { name: '758', type: 'float32', dims: [1, 7, 2, 4] }

t.test('cells become boxes in input pixels, scored by objectness and class', async t => {
  const { heads, decode } = createFastestDetDecoder(model, [head])
  t.same(heads, ['758'])
  const data = new Float32Array(7 * CELLS)
  // second row, third column: half a cell to the right, none down, half the input wide, a quarter high
  const planes = [0.5, Math.atanh(0.5), 0, 0, Math.log(1 / 3), 0.25, 0.75]
  planes.forEach((value, plane) => {
    data[plane * CELLS + 6] = value
  })
  const [x1, y1, x2, y2, score, classId] = decode([data], 0.1)
  const rounded = [x1, y1, x2, y2].map(value => Math.round(value! * 1000) / 1000)
  t.same(rounded, [24, 12, 56, 20])
  t.ok(Math.abs(score! - 0.5 ** 0.6 * 0.75 ** 0.4) < 1e-6)
  t.equal(classId, 1)
  t.equal(decode([data], 0.1).length, 6)
  t.equal(decode([data], 0.7).length, 0)
})

t.test('another grid is refused', async t => {
  t.throws(() => createFastestDetDecoder(model, [{ ...head, dims: [1, 7, 22, 22] }]), {
    code: 'MODEL_INVALID',
    message: /expected the outputs \[1,7,2,4\]/,
  })
})
