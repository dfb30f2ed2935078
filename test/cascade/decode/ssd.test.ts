import t from 'tap'
import { createAnchors, createSsdDecoder } from '../../../src/cascade/decode/ssd.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const recipe = {
  layers: 6,
  minScale: 0.2,
  maxScale: 0.95,
  aspectRatios: [1, 2, 1 / 2, 3, 1 / 3],
  reduceLowest: true,
}
const small = { ...recipe, layers: 1, aspectRatios: [1] }
const model = modelFixture<'ssd'>({
  decoder: 'ssd',
  scores: 'probability',
  anchors: small,
  input: inputFixture({ width: 32, height: 32, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
// 2 x 2 cells of three anchors
const COUNT = 12
const boxes = { name: 'boxes', type: 'float32', dims: [1, COUNT, 4] }
const classes = { name: 'classes', type: 'float32', dims: [1, COUNT, 2] }
const near = (a: ArrayLike<number>, b: readonly number[]) =>
  a.length === b.length && b.every((value, i) => Math.abs(a[i]! - value) < 1e-3)

t.test('anchors are those of the TensorFlow object detection API', async t => {
  const anchors = createAnchors({ width: 300, height: 300 }, recipe)
  t.equal(anchors.length / 4, 1917)
  const anchor = (index: number) => [...anchors.subarray(index * 4, index * 4 + 4)]
  // centre y, x, height, width: the first three, then the square one of the second layer, then the last of all
  t.ok(near(anchor(0), [7.895, 7.895, 30, 30]))
  t.ok(near(anchor(1), [7.895, 7.895, 42.426, 84.853]))
  t.ok(near(anchor(2), [7.895, 7.895, 84.853, 42.426]))
  t.ok(near(anchor(3), [7.895, 23.684, 30, 30]))
  t.ok(near(anchor(1083), [15, 15, 105, 105]))
  t.ok(near(anchor(1088), [15, 15, 125.499, 125.499]), 'between this scale and the next')
  t.ok(near(anchor(1916), [150, 150, 292.404, 292.404]))
})

t.test('a lone layer, and one that is not reduced, have what the recipe says', async t => {
  const anchors = createAnchors({ width: 16, height: 32 }, { ...small, reduceLowest: false })
  t.ok(near(anchors, [8, 8, 3.2, 3.2, 8, 8, 7.155, 7.155, 24, 8, 3.2, 3.2, 24, 8, 7.155, 7.155]))
})

t.test('boxes are anchors moved and scaled', async t => {
  const { heads, decode } = createSsdDecoder(model, [classes, boxes])
  t.same(heads, ['boxes', 'classes'])
  const box = new Float32Array(COUNT * 4)
  const score = new Float32Array(COUNT * 2).fill(0.01)
  // first anchor of the last cell, 3.2 pixels large around (24, 24): two sizes down, one left, twice as high
  box.set([20, -10, 5 * Math.log(2), 0], 9 * 4)
  score.set([0.25, 0.75], 9 * 2)
  const rows = decode([box, score], 0.1)
  t.ok(near(rows, [19.2, 27.2, 22.4, 33.6, 0.75, 1]), `${rows}`)
  t.equal(decode([box, score], 0.8).length, 0)
})

t.test('a class more than there are labels is the background, and no object', async t => {
  const withBackground = { ...classes, dims: [1, COUNT, 3] }
  const { decode } = createSsdDecoder({ ...model, scores: 'logit' }, [boxes, withBackground])
  const score = new Float32Array(COUNT * 3).fill(-9)
  score.set([5, 0, -3], 0)
  const rows = decode([new Float32Array(COUNT * 4), score], 0.4)
  t.same([...rows].slice(4), [0.5, 0])
})

t.test('heads of other anchors are refused', async t => {
  t.throws(() => createSsdDecoder({ ...model, anchors: recipe }, [boxes, classes]), {
    code: 'MODEL_INVALID',
    message: /decoder ssd: expected the outputs \[1,\d+,4\], \[1,\d+,2\]/,
  })
})
