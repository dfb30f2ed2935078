import t from 'tap'
import { BLOCKS, COLUMNS } from '../../src/cascade/gate/blocks.js'
import { createMask } from '../../src/cascade/mask.js'
import type { Point } from '../../src/lib/polygon.js'

const rightHalf: Point[] = [
  [0.5, 0],
  [1, 0],
  [1, 1],
  [0.5, 1],
]

t.test('a block is hidden if all of it is; the picture has no seam at its edge', async t => {
  const { blocks } = createMask([rightHalf])
  const hidden = [...blocks.keys()].filter(block => blocks[block] === 1)
  t.equal(hidden.length, BLOCKS / 2)
  t.ok(hidden.every(block => block % COLUMNS >= COLUMNS / 2))
  // the edge goes through the middle of a column of blocks
  const bent = createMask([rightHalf.map(([x, y]): Point => [x === 0.5 ? 0.525 : x, y])])
  t.notOk(bent.blocks[COLUMNS / 2])
  t.ok(bent.blocks[COLUMNS / 2 + 1])
})

t.test('an object is hidden if it stands in the mask', async t => {
  const mask = createMask([rightHalf])
  const person = { y: 0.2, width: 0.1, height: 0.3 }
  t.ok(mask.hides({ ...person, x: 0.6 }))
  t.notOk(mask.hides({ ...person, x: 0.4 }), 'its foot is left of it')
  t.ok(mask.hides({ x: 0.8, y: 0.5, width: 0.2, height: 0.5 }), 'at the very corner')
})

t.test('without polygons nothing is hidden', async t => {
  const mask = createMask([])
  t.ok(mask.blocks.every(block => block === 0))
  t.notOk(mask.hides({ x: 0, y: 0, width: 1, height: 1 }))
})
