import t from 'tap'
import { BLOCKS, COLUMNS } from '../../../src/cascade/gate/blocks.js'
import { createChanges } from '../../../src/cascade/gate/changes.js'

const HERE = 5 * COLUMNS + 5
const BESIDE = HERE + 1
const FAR = HERE + 3

function differing(block: number, times: number): Float32Array {
  const excess = new Float32Array(BLOCKS)
  excess[block] = times
  return excess
}

t.test('what differs strongly has changed at once', async t => {
  const { mark, changed } = createChanges()
  t.equal(mark(differing(HERE, 2), false), 1)
  t.equal(changed[HERE], 1)
  t.equal(mark(differing(HERE, 1), false), 0, 'at its limit it does not differ')
})

t.test('what differs weakly must show again in the next frame, there or next to it', async t => {
  const { mark } = createChanges()
  t.equal(mark(differing(HERE, 1.5), false), 0)
  t.equal(mark(differing(BESIDE, 1.5), false), 1)
  t.equal(mark(differing(FAR, 1.5), false), 0)
  t.equal(mark(new Float32Array(BLOCKS), false), 0)
  t.equal(mark(differing(FAR, 1.5), false), 0, 'a frame without it starts anew')
})

t.test('groups do not last around the edges of the picture', async t => {
  const { mark } = createChanges()
  t.equal(mark(differing(6 * COLUMNS - 1, 1.5), false), 0)
  t.equal(mark(differing(6 * COLUMNS, 1.5), false), 0)
  t.equal(mark(differing(BLOCKS - 1, 1.5), false), 0)
  t.equal(mark(differing(BLOCKS - 1, 1.5), false), 1)
})

t.test('in weather even a strong difference must last for three frames', async t => {
  const { mark } = createChanges()
  const marks = Array.from({ length: 4 }, () => mark(differing(HERE, 5), true))
  t.same(marks, [0, 0, 1, 1])
})

t.test('of another scene everything has changed, and what lasted is forgotten', async t => {
  const { mark, changed, restart } = createChanges()
  mark(differing(HERE, 1.5), false)
  restart()
  t.ok(changed.every(block => block === 1))
  t.equal(mark(differing(HERE, 1.5), false), 0)
})
