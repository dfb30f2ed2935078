import t from 'tap'
import { exitOf } from '../../src/cascade/exit.js'
import { createQuietness } from '../../src/cascade/quiet.js'

const still = exitOf({ stage: 'gate', reason: 'unchanged', motion: 0 })
const moving = exitOf({ stage: 'scout', reason: 'confident', motion: 0.02 })
/** A frame that nobody looked at tells of no motion, and of no stillness. */
const paced = exitOf({ stage: 'gate', reason: 'paced', motion: 1 })

t.test('a scene is quiet once nothing has moved for five seconds', async t => {
  const isQuiet = createQuietness()
  t.equal(isQuiet(still, 1000), false, 'of the first frame nothing is known')
  t.equal(isQuiet(still, 5999), false)
  t.equal(isQuiet(still, 6000), true)
  t.equal(isQuiet(still, 60_000), true)
})

t.test('any motion begins the wait anew', async t => {
  const isQuiet = createQuietness(1000)
  isQuiet(still, 0)
  t.equal(isQuiet(moving, 999), false)
  t.equal(isQuiet(still, 1998), false)
  t.equal(isQuiet(still, 1999), true)
  t.equal(isQuiet(moving, 2100), false)
})

t.test('a frame that nobody looked at counts as neither', async t => {
  const isQuiet = createQuietness(1000)
  isQuiet(moving, 0)
  t.equal(isQuiet(paced, 900), false)
  t.equal(isQuiet(paced, 1000), true)
})
