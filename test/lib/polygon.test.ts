import t from 'tap'
import { isInside, type Point } from '../../src/lib/polygon.js'

t.test('a point is inside or outside, also where a polygon is bent inwards', async t => {
  // an arrow head that points to the right
  const arrow: Point[] = [
    [0.1, 0.1],
    [0.9, 0.5],
    [0.1, 0.9],
    [0.4, 0.5],
  ]
  t.ok(isInside(arrow, 0.6, 0.5))
  t.ok(isInside(arrow, 0.2, 0.2))
  t.notOk(isInside(arrow, 0.2, 0.5), 'in the notch')
  t.notOk(isInside(arrow, 0.95, 0.5))
  t.notOk(isInside(arrow, 0.5, 0.05))
})

t.test('of two polygons with a common edge a point on it is in exactly one', async t => {
  const left: Point[] = [
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [0, 1],
  ]
  const right = left.map(([x, y]): Point => [x + 0.5, y])
  for (const y of [0, 0.25, 0.999]) {
    t.equal(Number(isInside(left, 0.5, y)) + Number(isInside(right, 0.5, y)), 1)
  }
})
