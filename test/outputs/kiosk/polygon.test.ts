import t from 'tap'
import type { Point } from '../../../src/events/zones.js'
import {
  area,
  contains,
  inPicture,
  middleOf,
  middles,
  nearest,
} from '../../../src/outputs/kiosk/polygon.js'

const SQUARE: readonly Point[] = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
]
/** Open at the top: its middle lies outside. */
const CUP: readonly Point[] = [
  [0, 0],
  [0.1, 0],
  [0.1, 0.9],
  [0.9, 0.9],
  [0.9, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]

t.test('a corner stays in the picture, no finer than a pixel', async t => {
  t.same(inPicture([-0.3, 1.7]), [0, 1])
  t.same(inPicture([0.123456, 0.5]), [0.1235, 0.5])
})

t.test('the nearest corner within reach is met, and none beyond it', async t => {
  const reach = { x: 0.1, y: 0.2 }
  t.equal(nearest(SQUARE, [0.58, 0.25], reach), 1)
  t.equal(nearest(SQUARE, [0.2, 0.79], reach), 3, 'as far as the reach upwards')
  t.equal(nearest(SQUARE, [0.31, 0.2], reach), -1, 'but not to the side')
  t.equal(nearest([], [0.5, 0.5], reach), -1)
})

t.test('middles lie on the edges, the last one before the first corner', async t => {
  t.same(middles(SQUARE), [
    [0.4, 0.2],
    [0.6, 0.4],
    [0.4, 0.6],
    [0.2, 0.4],
  ])
})

t.test('a point lies in a polygon or beside it, also where it is hollow', async t => {
  t.ok(contains(SQUARE, [0.4, 0.4]))
  t.notOk(contains(SQUARE, [0.7, 0.4]))
  t.notOk(contains(SQUARE, [0.4, 0.1]))
  t.notOk(contains(CUP, [0.5, 0.5]))
  t.ok(contains(CUP, [0.05, 0.5]))
  t.notOk(contains([], [0.5, 0.5]))
})

t.test('areas have a sign, by the turn of the corners', async t => {
  t.ok(Math.abs(area(SQUARE) - 0.16) < 1e-9)
  t.ok(Math.abs(area([...SQUARE].reverse()) + 0.16) < 1e-9)
  t.equal(area([]), 0)
})

t.test('a name stands in the middle of what it names', async t => {
  t.same(middleOf(SQUARE), [0.4, 0.4])
  t.same(middleOf([...SQUARE].reverse()), [0.4, 0.4])
  t.same(
    middleOf([
      [0, 0],
      [0.6, 0],
      [0, 0.6],
    ]),
    [0.2, 0.2],
  )
  const among = middleOf(CUP)
  t.same(among, [0.5, 0.475], 'the mean of the corners where the middle lies outside')
  t.same(middleOf([[0.1, 0.3]]), [0.1, 0.3])
})
