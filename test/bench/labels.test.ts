import t from 'tap'
import { type Anchor, placeLabels, textWidth } from '../../src/bench/labels.js'

const bounds = { left: 0, top: 0, right: 400, bottom: 300 }

function point(x: number, y: number, text = 'scout'): Anchor {
  return { x, y, text, kind: 'point' }
}

t.test('a text stands to the right of its point, or to the left if there is no room', async t => {
  const [inside, edge] = placeLabels([point(100, 100), point(380, 200)], [], bounds)
  t.match(inside, { text: 'scout', x: 109, align: 'start', isFar: false })
  t.ok(Math.abs(inside!.y - 100) < 6, 'level with its point')
  t.match(edge, { x: 371, align: 'end' })
})

t.test('a text keeps off what is drawn', async t => {
  const beside = (x: number) => ({ left: x - 5, right: x + 5, top: 80, bottom: 120 })
  const [label] = placeLabels([point(100, 100)], [beside(130), beside(70)], bounds)
  t.match(label, { align: 'middle', x: 100 })
  t.ok(label!.y < 100, 'above')
})

t.test('with nothing free near by it goes farther, and a line should lead there', async t => {
  const [label] = placeLabels(
    [point(200, 150)],
    [{ left: 100, right: 300, top: 130, bottom: 170 }],
    bounds,
  )
  t.equal(label?.isFar, true)
  t.ok(label!.y < 130)
})

t.test('with nothing free at all it stands where it would have stood', async t => {
  const [label] = placeLabels([point(200, 150)], [bounds], bounds)
  t.match(label, { x: 209, align: 'start', isFar: false })
})

t.test('texts of points close together do not cover each other', async t => {
  const anchors = [point(200, 150), point(203, 151), point(201, 149), point(199, 152)]
  const areas = placeLabels(anchors, [], bounds).map(({ x, y, align, text }) => {
    const left = x - (align === 'end' ? 1 : align === 'middle' ? 0.5 : 0) * textWidth(text)
    return { left, right: left + textWidth(text), y }
  })
  for (const [at, a] of areas.entries()) {
    for (const b of areas.slice(at + 1)) {
      t.ok(a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 15)
    }
  }
})

t.test(
  'names of lines that end together stand below each other in the order of the lines',
  async t => {
    const ends = [102, 100, 101, 103].map(
      (y): Anchor => ({ x: 300, y, text: `ends at ${y}`, kind: 'end' }),
    )
    const labels = placeLabels(ends, [], bounds)
    t.same(
      labels.map(({ text }) => text),
      ends.map(({ text }) => text),
      'told in the order of the anchors',
    )
    t.same(
      [...labels].sort((a, b) => a.y - b.y).map(({ text }) => text),
      ['ends at 100', 'ends at 101', 'ends at 102', 'ends at 103'],
    )
    t.equal(new Set(labels.map(({ x }) => x)).size, 1, 'one below the other')
  },
)

t.test('at the lower edge names go up instead', async t => {
  const ends = [290, 291].map((y): Anchor => ({ x: 300, y, text: 'end', kind: 'end' }))
  const [first, second] = placeLabels(ends, [], bounds)
  t.ok(second!.y < first!.y)
})
