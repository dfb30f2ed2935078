import t from 'tap'
import { toDetections } from '../../src/cascade/suppress.js'
import { modelFixture } from '../fixtures/model.js'

const model = modelFixture()
const whole = { left: 0, top: 0, width: 320, height: 192 }
const rows = (...list: number[][]) => Float32Array.from(list.flat())

t.test('rows become detections in shares of the frame, best first', async t => {
  const detections = toDetections(
    rows([0, 0, 160, 96, 0.5, 2], [160, 96, 320, 192, 0.75, 0]),
    model,
    whole,
    0.1,
  )
  t.same(detections, [
    { label: 'person', classId: 0, score: 0.75, box: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } },
    { label: 'car', classId: 2, score: 0.5, box: { x: 0, y: 0, width: 0.5, height: 0.5 } },
  ])
})

t.test('of boxes of one class that overlap much the best stays', async t => {
  const kept = toDetections(
    rows([0, 0, 100, 100, 0.5, 0], [2, 2, 100, 100, 0.9, 0], [200, 0, 300, 100, 0.4, 0]),
    model,
    whole,
    0.1,
  )
  t.same(
    kept.map(({ score }) => score),
    [0.9, 0.4],
  )
})

t.test('boxes of different classes do not suppress each other', async t => {
  t.equal(
    toDetections(rows([0, 0, 100, 100, 0.5, 0], [0, 0, 100, 100, 0.5, 1]), model, whole, 0.1)
      .length,
    2,
  )
})

t.test('boxes are clipped to the frame, and those outside it are left out', async t => {
  const detections = toDetections(
    rows([-32, -19.2, 32, 19.2, 0.9, 0], [400, 10, 500, 50, 0.9, 0], [9, 300, 20, 400, 0.9, 1]),
    model,
    whole,
    0.1,
  )
  t.same(
    detections.map(({ box }) => box),
    [{ x: 0, y: 0, width: 0.1, height: 0.1 }],
  )
})

t.test('low scores are left out and unknown classes still get a name', async t => {
  const detections = toDetections(
    rows([0, 0, 10, 10, 0.05, 0], [0, 0, 10, 10, 0.5, 7]),
    model,
    whole,
    0.1,
  )
  t.same(
    detections.map(({ label }) => label),
    ['class 7'],
  )
})

t.test('boxes of a letterboxed picture are in shares of the picture, not of the input', async t => {
  const placed = { left: 0, top: 6, width: 320, height: 180 }
  const [inner, ...outer] = toDetections(
    rows([80, 51, 160, 141, 0.9, 0], [0, 0, 320, 5, 0.8, 0], [0, 0, 320, 192, 0.7, 0]),
    model,
    placed,
    0.1,
  )
  t.same(inner?.box, { x: 0.25, y: 0.25, width: 0.25, height: 0.5 })
  t.same(
    outer.map(({ box }) => box),
    [{ x: 0, y: 0, width: 1, height: 1 }],
    'what lies in the padding is nothing',
  )
})

t.test('what is no number is nothing, what is endless ends with the frame', async t => {
  const odd = rows(
    [Number.NaN, 0, 9, 9, 0.9, 0],
    [0, 0, 9, 9, Number.NaN, 0],
    [-Infinity, 0, Infinity, 192, 0.5, 0],
  )
  t.same(
    toDetections(odd, model, whole, 0.1).map(({ box }) => box),
    [{ x: 0, y: 0, width: 1, height: 1 }],
  )
})

t.test('no more than a hundred are told', async t => {
  const many = Array.from({ length: 150 }, (_, i) => [i * 2, 0, i * 2 + 2, 9, 0.9 - i / 1000, 0])
  const kept = toDetections(rows(...many), model, whole, 0.1)
  t.equal(kept.length, 100)
  t.equal(kept[99]?.score, 0.801)
})

t.test('no score is above 1, whatever a server says', async t => {
  const seen = toDetections(
    rows([0, 0, 100, 100, Number.POSITIVE_INFINITY, 0], [200, 0, 300, 100, 37, 0]),
    model,
    whole,
    0.1,
  )
  t.same(
    seen.map(({ score }) => score),
    [1, 1],
  )
})
