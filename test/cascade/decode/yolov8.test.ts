import t from 'tap'
import { createYolov8Decoder } from '../../../src/cascade/decode/yolov8.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const model = modelFixture<'yolov8'>({
  decoder: 'yolov8',
  input: inputFixture({ width: 64, height: 32, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const head = { name: 'output0', type: 'float32', dims: [1, 6, 3] }

t.test('columns of centre, size and classes become rows', async t => {
  const { heads, decode } = createYolov8Decoder(model, [head])
  t.same(heads, ['output0'])
  const data = Float32Array.from(
    [
      [20, 40, 1],
      [10, 16, 1],
      [8, 48, 1],
      [4, 24, 1],
      [0.75, 0.25, 0.01],
      [0.5, 0.5, 0.02],
    ].flat(),
  )
  t.same([...decode([data], 0.1)], [16, 8, 24, 12, 0.75, 0, 16, 4, 64, 28, 0.5, 1])
  t.equal(decode([data], 0.6).length, 6)
})

t.test('an export of another number of classes is refused', async t => {
  t.throws(() => createYolov8Decoder(model, [{ ...head, dims: [1, 84, 8400] }]), {
    code: 'MODEL_INVALID',
    message: /expected the outputs \[1,6,n\]/,
  })
})
