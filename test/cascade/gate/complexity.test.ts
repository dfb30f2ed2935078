import t from 'tap'
import { BLOCKS, COLUMNS } from '../../../src/cascade/gate/blocks.js'
import { createComplexityMeter } from '../../../src/cascade/gate/complexity.js'
import { paint } from '../../fixtures/luma.js'

const LEFT = Uint8Array.from({ length: BLOCKS }, (_, block) => (block % COLUMNS < 10 ? 1 : 0))
const RIGHT = LEFT.map(block => 1 - block)

t.test('a plain wall has neither edges nor entropy', async t => {
  const { edges, entropy, total } = createComplexityMeter()(
    paint(() => 100),
    0,
  )
  t.same([edges, entropy, total], [0, 0, 0])
})

t.test('stripes are all edges, and two greys of 32 are a fifth of the entropy', async t => {
  const { edges, entropy } = createComplexityMeter()(
    paint(x => (x % 4 < 2 ? 0 : 255)),
    0,
  )
  t.equal(edges, 1)
  t.ok(Math.abs(entropy - 0.2) < 0.001, `${entropy}`)
})

t.test('every grey level alike is full entropy', async t => {
  const { entropy } = createComplexityMeter()(
    paint((x, y) => ((x + y) % 32) * 8),
    0,
  )
  t.ok(entropy > 0.999, `${entropy}`)
})

t.test('only the blocks asked for are looked at', async t => {
  const half = paint(x => (x < 80 && x % 4 < 2 ? 0 : 255))
  const measure = createComplexityMeter()
  t.ok(measure(half, 0, LEFT).edges > 0.95)
  t.equal(measure(half, 0, RIGHT).edges, 0)
  t.equal(measure(half, 0, new Uint8Array(BLOCKS)).total, 0, 'nowhere')
})

t.test('things that changed count up to eight, and the total is the mean', async t => {
  const measure = createComplexityMeter()
  const wall = paint(() => 100)
  t.equal(measure(wall, 2).crowd, 0.25)
  t.equal(measure(wall, 30).crowd, 1)
  t.equal(measure(wall, 30).total, 1 / 3)
})
