import t from 'tap'
import { ANY, findHeads, fits, matchHeads, refuse } from '../../../src/cascade/decode/heads.js'

const model = { name: 'paper', decoder: 'ssd' }
const boxes = { name: 'b', type: 'float32', dims: [1, 9, 4] }
const classes = { name: 'c', type: 'float32', dims: [1, 9, 3] }
const counts = { name: 'n', type: 'int64', dims: [1, 9, 3] }
const twin = { ...classes, name: 'c2' }
const shapes = [
  [1, ANY, 4],
  [1, 9, 3],
]

t.test('a shape fits floats of as many dimensions, each of its size or of any', async t => {
  t.ok(fits(boxes, [1, 9, 4]))
  t.ok(fits(boxes, [1, ANY, 4]))
  t.notOk(fits(boxes, [1, ANY, 5]))
  t.notOk(fits(boxes, [9, 4]))
  t.notOk(fits(counts, [1, 9, 3]))
})

t.test('heads are found by their shapes, in the order of the shapes', async t => {
  t.same(findHeads(model, [classes, counts, boxes], shapes), [boxes, classes])
})

t.test('where shapes leave a choice, names settle it', async t => {
  t.equal(matchHeads(model, [classes, boxes, twin], shapes), undefined)
  const named = { ...model, outputs: ['b', 'c2'] }
  t.same(matchHeads(named, [classes, boxes, twin], shapes), [boxes, twin])
})

t.test('names that are too few, unknown or of another shape do not match', async t => {
  for (const outputs of [['b'], ['b', 'gone'], ['c', 'b']]) {
    t.equal(matchHeads({ ...model, outputs }, [classes, boxes], shapes), undefined)
  }
})

t.test('a network with other heads is refused with what was expected and found', async t => {
  t.throws(() => findHeads(model, [boxes, counts], shapes), {
    code: 'MODEL_INVALID',
    message:
      'paper: decoder ssd: expected the outputs [1,n,4], [1,9,3], each once, or named in "outputs"; found b float32 [1,9,4], n int64 [1,9,3]',
  })
  t.match(
    refuse({ ...model, outputs: ['x', 'y'] }, [boxes], '[1,2]').message,
    'paper: decoder ssd: expected the outputs [1,2], named x,y; found b float32 [1,9,4]',
  )
})
