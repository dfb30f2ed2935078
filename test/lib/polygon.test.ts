import t from 'tap'
import { footX, footY, isInside, isNear, type Point } from '../../src/lib/polygon.js'
import { createRandom } from '../../src/lib/random.js'

const square: Point[] = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
]
/** A U: open at the top, between 0.4 and 0.6. */
const concave: Point[] = [
  [0.2, 0.2],
  [0.4, 0.2],
  [0.4, 0.6],
  [0.6, 0.6],
  [0.6, 0.2],
  [0.8, 0.2],
  [0.8, 0.8],
  [0.2, 0.8],
]
/** Five points drawn without lifting the pen. */
const star: Point[] = [0, 2, 4, 1, 3].map(corner => {
  const angle = (corner * 2 * Math.PI) / 5 - Math.PI / 2
  return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)]
})
/** Two squares that touch in a corner. */
const hourglass: Point[] = [
  [0.2, 0.2],
  [0.5, 0.2],
  [0.5, 0.5],
  [0.8, 0.5],
  [0.8, 0.8],
  [0.5, 0.8],
  [0.5, 0.5],
  [0.2, 0.5],
]
/** A square with a square hole, joined by a cut. */
const ring: Point[] = [
  ...[
    [0.1, 0.1],
    [0.9, 0.1],
    [0.9, 0.9],
    [0.1, 0.9],
    [0.1, 0.1],
  ].map(([x, y]): Point => [x!, y!]),
  ...[
    [0.4, 0.4],
    [0.4, 0.6],
    [0.6, 0.6],
    [0.6, 0.4],
    [0.4, 0.4],
  ].map(([x, y]): Point => [x!, y!]),
]

t.test('a point is in a convex polygon, or beside it', async t => {
  t.ok(isInside(square, 0.4, 0.4))
  for (const [x, y] of [
    [0.1, 0.4],
    [0.7, 0.4],
    [0.4, 0.1],
    [0.4, 0.7],
    [0.1, 0.2],
    [0.7, 0.6],
  ]) {
    t.notOk(isInside(square, x!, y!), `${x}, ${y}`)
  }
})

t.test('edges and corners belong to it, however it is drawn', async t => {
  for (const polygon of [square, square.toReversed()]) {
    for (const [x, y] of [...square, [0.2, 0.4], [0.6, 0.4], [0.4, 0.2], [0.4, 0.6]])
      t.ok(isInside(polygon, x!, y!), `${x}, ${y}`)
  }
  const triangle: Point[] = [
    [0.1, 0.1],
    [0.7, 0.4],
    [0.1, 0.9],
  ]
  t.ok(isInside(triangle, 0.4, 0.25), 'on a slope')
})

t.test('the gap of a concave polygon does not belong to it', async t => {
  t.notOk(isInside(concave, 0.5, 0.4))
  t.notOk(isInside(concave, 0.5, 0.2), 'on the line of its ends')
  t.ok(isInside(concave, 0.3, 0.4))
  t.ok(isInside(concave, 0.7, 0.4))
  t.ok(isInside(concave, 0.5, 0.7))
})

t.test('a polygon that crosses or touches itself holds what it winds around', async t => {
  t.ok(isInside(star, 0.5, 0.5), 'the middle of a star')
  t.ok(isInside(star, 0.5, 0.15), 'its points')
  t.notOk(isInside(star, 0.3, 0.15), 'not between them')
  t.ok(isInside(hourglass, 0.3, 0.3))
  t.ok(isInside(hourglass, 0.7, 0.7))
  t.ok(isInside(hourglass, 0.5, 0.5))
  t.notOk(isInside(hourglass, 0.7, 0.3))
  t.notOk(isInside(hourglass, 0.3, 0.7))
  t.ok(isInside(ring, 0.2, 0.5))
  t.notOk(isInside(ring, 0.5, 0.5), 'a hole stays one')
})

t.test('corners that lie upon each other do no harm', async t => {
  const doubled = square.flatMap(corner => [corner, corner])
  t.ok(isInside(doubled, 0.4, 0.4))
  t.notOk(isInside(doubled, 0.7, 0.4))
  t.ok(isNear(doubled, 0.65, 0.4, 0.1, 0.1))
})

t.test(
  '1,000 random points are in a circle of corners exactly if they are near its middle',
  async t => {
    const random = createRandom(1)
    const circle = Array.from({ length: 64 }, (_, i): Point => {
      const angle = (i * 2 * Math.PI) / 64
      return [0.5 + 0.3 * Math.cos(angle), 0.5 + 0.3 * Math.sin(angle)]
    })
    const wrong: number[][] = []
    for (let i = 0; i < 1000; i++) {
      const [x, y] = [random(), random()]
      const distance = Math.hypot(x - 0.5, y - 0.5)
      // between the circle and its chords is either
      const isEither = distance > 0.299 && distance < 0.3
      if (!isEither && isInside(circle, x, y) !== distance < 0.3) wrong.push([x, y])
    }
    t.same(wrong, [])
  },
)

t.test('near is what an edge comes into the ellipse of', async t => {
  t.ok(isNear(square, 0.65, 0.4, 0.06, 0.01))
  t.notOk(isNear(square, 0.65, 0.4, 0.04, 0.2))
  t.ok(isNear(square, 0.4, 0.7, 0.01, 0.11))
  t.notOk(isNear(square, 0.4, 0.7, 0.2, 0.09))
  t.ok(isNear(square, 0.65, 0.65, 0.08, 0.08), 'a corner')
  t.notOk(isNear(square, 0.65, 0.65, 0.06, 0.06))
  t.ok(isNear(square, 0.59, 0.4, 0.02, 0.02), 'from within as well')
})

t.test(
  'an object stands in the middle of the lower edge of its box, at most at that of the picture',
  async t => {
    const box = { x: 0.1, y: 0.7, width: 0.4, height: 0.2 }
    t.equal(footX(box), 0.1 + 0.2)
    t.equal(footY(box), 0.7 + 0.2)
    t.ok(0.7 + 0.30001 > 1)
    t.equal(footY({ ...box, height: 0.30001 }), 1)
  },
)
