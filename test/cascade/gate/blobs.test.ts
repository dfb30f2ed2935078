import t from 'tap'
import { createBlobFinder, MAX_BLOBS } from '../../../src/cascade/gate/blobs.js'
import { BLOCKS, COLUMNS } from '../../../src/cascade/gate/blocks.js'

function blocks(...places: (readonly [x: number, y: number])[]): Uint8Array {
  const changed = new Uint8Array(BLOCKS)
  for (const [x, y] of places) changed[y * COLUMNS + x] = 1
  return changed
}

t.test('blocks that touch, also at corners, are one group with one box', async t => {
  const { blobs, find } = createBlobFinder()
  t.equal(find(blocks([3, 2], [4, 3], [3, 4], [10, 2])), 2)
  t.same(blobs[0], { left: 3, top: 2, right: 5, bottom: 5, size: 3 })
  t.same(blobs[1], { left: 10, top: 2, right: 11, bottom: 3, size: 1 })
})

t.test('groups do not reach around the edges of the picture', async t => {
  const { blobs, find } = createBlobFinder()
  t.equal(find(blocks([19, 4], [0, 5])), 2)
  t.equal(find(blocks([0, 0], [19, 11])), 2)
  t.same(blobs[1], { left: 19, top: 11, right: 20, bottom: 12, size: 1 })
})

t.test('the whole picture is one group, nothing is none, and neither leaves a trace', async t => {
  const { blobs, find } = createBlobFinder()
  t.equal(find(new Uint8Array(BLOCKS).fill(1)), 1)
  t.same(blobs[0], { left: 0, top: 0, right: 20, bottom: 12, size: 240 })
  t.equal(find(new Uint8Array(BLOCKS)), 0)
  t.equal(find(blocks([5, 5])), 1)
  t.equal(blobs[0]!.size, 1)
})

t.test('more groups than there is room for are left out', async t => {
  const { blobs, find } = createBlobFinder()
  const scattered = Uint8Array.from({ length: BLOCKS }, (_, block) =>
    block % 2 === 0 && Math.floor(block / COLUMNS) % 2 === 0 ? 1 : 0,
  )
  t.ok(scattered.filter(one => one === 1).length > MAX_BLOBS)
  t.equal(find(scattered), MAX_BLOBS)
  t.ok(blobs.every(({ size }) => size === 1))
})
