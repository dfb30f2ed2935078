import t from 'tap'
import { createDecoder } from '../../../src/cascade/decode/decoder.js'
import type { ModelOf } from '../../../src/cascade/zoo.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const anchors = {
  layers: 1,
  minScale: 0.2,
  maxScale: 0.95,
  aspectRatios: [1],
  reduceLowest: false,
}
const scores = 'probability' as const

t.test('the decoder that the manifest names reads the heads', async t => {
  const input = inputFixture({ width: 32, height: 32 })
  const labels = ['person', 'car']
  const head = (...dims: number[]) => ({ name: 'x', type: 'float32', dims })
  const named = (name: string, ...dims: number[]) => ({ ...head(...dims), name })
  for (const [model, found] of [
    [modelFixture({ input, labels }), [head(1, 100, 6)]],
    [modelFixture<'yolox'>({ decoder: 'yolox', input, labels }), [head(1, 21, 7)]],
    [modelFixture<'yolov8'>({ decoder: 'yolov8', input, labels }), [head(1, 6, 21)]],
    [
      modelFixture<'gfl'>({ decoder: 'gfl', input, labels, scores, cellCentre: 0.5 }),
      [head(1, 21, 34)],
    ],
    [
      modelFixture<'centernet'>({ decoder: 'centernet', input, labels, scores }),
      [head(1, 2, 8, 8), named('wh', 1, 4, 8, 8)],
    ],
    [
      modelFixture<'ssd'>({ decoder: 'ssd', input, labels, scores, anchors }),
      [head(1, 8, 4), named('classes', 1, 8, 3)],
    ],
    [modelFixture<'fastestdet'>({ decoder: 'fastestdet', input, labels }), [head(1, 7, 2, 2)]],
  ] as const) {
    const { heads, decode } = createDecoder(model, found)
    t.equal(heads.length, found.length, model.decoder)
    const zeros = found.map(({ dims }) => new Float32Array(dims.reduce((a, b) => a * b)))
    t.equal(decode(zeros, 0.1).length % 6, 0, model.decoder)
    const other: ModelOf<'rows'> = modelFixture({ input, labels })
    if (model.decoder !== 'rows') t.throws(() => createDecoder(other, found))
  }
})
