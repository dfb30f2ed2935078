import t from 'tap'
import { createGflDecoder } from '../../../src/cascade/decode/gfl.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const model = modelFixture<'gfl'>({
  decoder: 'gfl',
  scores: 'probability',
  cellCentre: 0.5,
  input: inputFixture({ width: 64, height: 64, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const LEVELS = [64, 16, 4, 1]
const head = (name: string, cells: number, size: number) => ({
  name,
  type: 'float32',
  dims: [1, cells, size],
})
/** Three bins: all of 0; between 0 and 1; all of 2, from logits that would overflow; evenly spread. */
const SIDES = [100, 0, 0, 50, 50, 0, 0, 0, 1000, 3, 3, 3]

t.test(
  'sides are the means of their distributions, in strides from the centre of a cell',
  async t => {
    const found = [
      ...LEVELS.map((cells, i) => head(`s${i}`, cells, 2)),
      ...LEVELS.map((cells, i) => head(`b${i}`, cells, 12)),
    ]
    const { heads, decode } = createGflDecoder(model, found)
    t.equal(heads.join(), 's0,s1,s2,s3,b0,b1,b2,b3')
    const data = found.map(({ dims }) => new Float32Array(dims[1]! * dims[2]!))
    // stride 16, second row, third column: centre at (40, 24)
    data[1]!.set([0.25, 0.75], 6 * 2)
    data[5]!.set(SIDES, 6 * 12)
    t.same([...decode(data, 0.1)], [40, 16, 72, 40, 0.75, 1])
    t.equal(decode(data, 0.8).length, 0)
  },
)

t.test(
  'one head holds it all, cells may count from their corner, and scores be logits',
  async t => {
    const plus = { ...model, cellCentre: 0, scores: 'logit' } as const
    const { decode } = createGflDecoder(plus, [head('output', 85, 14)])
    const data = new Float32Array(85 * 14).fill(-9)
    data.set([0, -1, ...SIDES], (64 + 6) * 14)
    t.same([...decode([data], 0.4)], [32, 8, 64, 32, 0.5, 0])
  },
)
