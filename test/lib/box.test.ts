import t from 'tap'
import { iou } from '../../src/lib/box.js'

const box = { x: 0.1, y: 0.1, width: 0.4, height: 0.4 }

t.test('a box overlaps itself fully', async t => t.equal(iou(box, box), 1))

t.test('half-shifted boxes share a third', async t => {
  t.ok(Math.abs(iou(box, { ...box, x: 0.3 }) - 1 / 3) < 1e-9)
})

t.test('boxes beside or under each other share nothing', async t => {
  t.equal(iou(box, { ...box, x: 0.5 }), 0)
  t.equal(iou(box, { ...box, y: 0.9 }), 0)
})
