import t from 'tap'
import { createBlobFinder } from '../../../src/cascade/gate/blobs.js'
import { BLOCKS, COLUMNS } from '../../../src/cascade/gate/blocks.js'
import type { GateReading } from '../../../src/cascade/gate/gate.js'
import { createAttention } from '../../../src/cascade/scene/attention.js'

/** A reading in which these groups of blocks changed: columns and rows, right and bottom exclusive. */
function reading(
  ...groups: [left: number, top: number, right: number, bottom: number][]
): GateReading {
  const changed = new Uint8Array(BLOCKS)
  for (const [left, top, right, bottom] of groups) {
    for (let row = top; row < bottom; row++)
      changed.fill(1, row * COLUMNS + left, row * COLUMNS + right)
  }
  const { blobs, find } = createBlobFinder()
  const complexity = { edges: 0, entropy: 0, crowd: 0, total: 0 }
  return { motion: 0.1, complexity, event: 'none', changed, blobs, blobCount: find(changed) }
}

/** Six blocks a little right of the middle, and the box that they lie in. */
const moving = reading([10, 4, 12, 7])
const box = { x: 0.5, y: 1 / 3, width: 0.1, height: 0.25 }

t.test('motion within a known object is explained', async t => {
  const { weigh } = createAttention()
  t.equal(weigh(moving, [box], 0), 'explained')
  t.equal(weigh(reading(), [], 0), 'explained', 'where nothing moves')
})

t.test('a swinging arm or a shadow beside the object is explained as well', async t => {
  const { weigh } = createAttention()
  t.equal(weigh(reading([9, 4, 12, 7]), [box], 0), 'explained')
  // a third of a group is enough, less is not
  t.equal(weigh(reading([10, 4, 16, 7]), [{ ...box, width: 0.09 }], 0), 'explained')
  t.equal(weigh(reading([12, 4, 20, 7]), [box], 0), 'fresh')
})

t.test('one group without an explanation is enough to be fresh', async t => {
  const { weigh } = createAttention()
  const both = reading([10, 4, 12, 7], [2, 8, 4, 10])
  t.equal(weigh(both, [box], 0), 'fresh')
  t.equal(weigh(both, [box, { x: 0.1, y: 0.7, width: 0.1, height: 0.1 }], 0), 'explained')
})

t.test('an object that has left the picture explains nothing', async t => {
  const { weigh } = createAttention()
  const top = reading([0, 0, 4, 2])
  t.equal(weigh(top, [{ x: -0.5, y: 0, width: 0.2, height: 0.2 }], 0), 'fresh')
  t.equal(weigh(top, [{ x: 1.2, y: 0, width: 0.2, height: 0.2 }], 0), 'fresh')
})

t.test('what was looked at in vain waits, and is fresh again after a while', async t => {
  const { weigh, lookedInVain } = createAttention()
  t.equal(weigh(moving, [], 1000), 'fresh')
  lookedInVain(moving, [], 1000)
  t.same(weigh(moving, [], 1200), { sinceMs: 200, blocks: 6 })
  t.same(weigh(moving, [], 3000), { sinceMs: 2000, blocks: 6 })
  t.equal(weigh(moving, [], 3001), 'fresh')
})

t.test(
  'a thing that moves on within its own surroundings waits, one elsewhere is fresh',
  async t => {
    const { weigh, lookedInVain } = createAttention()
    lookedInVain(moving, [], 0)
    t.same(weigh(reading([11, 4, 14, 7]), [], 100), { sinceMs: 100, blocks: 9 })
    t.equal(weigh(reading([13, 4, 15, 7]), [], 100), 'fresh')
  },
)

t.test('of several groups the one that waits longest counts, and the largest is told', async t => {
  const { weigh, lookedInVain } = createAttention()
  const [left, right] = [reading([2, 2, 4, 4]), reading([10, 4, 12, 7])]
  lookedInVain(left, [], 0)
  lookedInVain(right, [], 400)
  t.same(weigh(reading([2, 2, 4, 4], [10, 4, 12, 7]), [], 500), { sinceMs: 500, blocks: 6 })
})

t.test('what an object explains was not looked at in vain', async t => {
  const { weigh, lookedInVain } = createAttention()
  lookedInVain(moving, [box], 0)
  t.equal(weigh(moving, [], 100), 'fresh', 'once the object is gone')
})
