import t from 'tap'
import { createCenterNetDecoder } from '../../../src/cascade/decode/centernet.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const COLUMNS = 16
const CELLS = 8 * COLUMNS
const model = modelFixture<'centernet'>({
  decoder: 'centernet',
  scores: 'probability',
  input: inputFixture({ width: 64, height: 32, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const heads = [
  { name: 'wh', type: 'float32', dims: [1, 4, 8, 16] },
  { name: 'keypoints', type: 'float32', dims: [1, 2, 8, 16] },
]
const at = (classId: number, y: number, x: number) => classId * CELLS + y * COLUMNS + x

/** Distances of 1, 2, 3 and 4 pixels from every cell. */
const sides = Float32Array.from({ length: 4 * CELLS }, (_, i) => 1 + Math.floor(i / CELLS))

t.test('peaks become boxes around the corner of their cell', async t => {
  const { heads: names, decode } = createCenterNetDecoder(model, heads)
  t.same(names, ['keypoints', 'wh'])
  const map = new Float32Array(2 * CELLS).fill(0.01)
  map[at(0, 0, 0)] = 0.5
  map[at(1, 7, 15)] = 0.75
  t.same([...decode([map, sides], 0.1)], [-1, -2, 3, 4, 0.5, 0, 59, 26, 63, 32, 0.75, 1])
})

t.test(
  'a lower neighbour of its class is no object, an equal one or one of another class is',
  async t => {
    const { decode } = createCenterNetDecoder(model, heads)
    const map = new Float32Array(2 * CELLS).fill(0.01)
    map[at(0, 3, 4)] = 0.5
    map[at(0, 2, 5)] = 0.25
    map[at(1, 4, 3)] = 0.25
    map[at(0, 6, 9)] = 0.5
    map[at(0, 6, 10)] = 0.5
    const rows = decode([map, sides], 0.1)
    t.same(
      [...rows].filter((_, i) => i % 6 === 5),
      [0, 1, 0, 0],
    )
  },
)

t.test('of the peaks of one cell the best class counts', async t => {
  const { decode } = createCenterNetDecoder(model, heads)
  const map = new Float32Array(2 * CELLS).fill(0.01)
  map[at(0, 3, 4)] = 0.75
  map[at(1, 3, 4)] = 0.5
  map[at(0, 1, 1)] = 0.5
  map[at(1, 1, 1)] = 0.75
  t.same(
    [...decode([map, sides], 0.1)].filter((_, i) => i % 6 >= 4),
    [0.75, 1, 0.75, 0],
  )
})

t.test('logits are compared as they are and told as scores', async t => {
  const { decode } = createCenterNetDecoder({ ...model, scores: 'logit' }, heads)
  const map = new Float32Array(2 * CELLS).fill(-9)
  map[at(1, 3, 4)] = 0
  t.same([...decode([map, sides], 0.4)].slice(4), [0.5, 1])
  t.equal(decode([map, sides], 0.6).length, 0)
})

t.test('four classes look like box sides, so that names must tell', async t => {
  const four = { ...model, labels: ['a', 'b', 'c', 'd'] }
  const twins = heads.map(head => ({ ...head, dims: [1, 4, 8, 16] }))
  t.throws(() => createCenterNetDecoder(four, twins), { code: 'MODEL_INVALID' })
  t.same(createCenterNetDecoder({ ...four, outputs: ['keypoints', 'wh'] }, twins).heads, [
    'keypoints',
    'wh',
  ])
})
