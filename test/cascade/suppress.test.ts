import t from 'tap'
import { toDetections } from '../../src/cascade/suppress.js'
import { modelFixture } from '../fixtures/model.js'

const model = modelFixture()
const rows = (...list: number[][]) => Float32Array.from(list.flat())

t.test('rows become detections in shares of the frame, best first', async t => {
  const detections = toDetections(
    rows([0, 0, 160, 96, 0.5, 2], [160, 96, 320, 192, 0.75, 0]),
    model,
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
    0.1,
  )
  t.same(
    kept.map(({ score }) => score),
    [0.9, 0.4],
  )
})

t.test('boxes of different classes do not suppress each other', async t => {
  t.equal(
    toDetections(rows([0, 0, 100, 100, 0.5, 0], [0, 0, 100, 100, 0.5, 1]), model, 0.1).length,
    2,
  )
})

t.test('boxes are clipped to the frame, and those outside it are left out', async t => {
  const detections = toDetections(
    rows([-32, -19.2, 32, 19.2, 0.9, 0], [400, 10, 500, 50, 0.9, 0], [9, 300, 20, 400, 0.9, 1]),
    model,
    0.1,
  )
  t.same(
    detections.map(({ box }) => box),
    [{ x: 0, y: 0, width: 0.1, height: 0.1 }],
  )
})

t.test('low scores are left out and unknown classes still get a name', async t => {
  const detections = toDetections(rows([0, 0, 10, 10, 0.05, 0], [0, 0, 10, 10, 0.5, 7]), model, 0.1)
  t.same(
    detections.map(({ label }) => label),
    ['class 7'],
  )
})
