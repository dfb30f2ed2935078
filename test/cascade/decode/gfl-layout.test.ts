import t from 'tap'
import { layOutGfl } from '../../../src/cascade/decode/gfl-layout.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const model = modelFixture<'gfl'>({
  decoder: 'gfl',
  scores: 'probability',
  cellCentre: 0.5,
  input: inputFixture({ width: 64, height: 64, layout: 'nchw-float' }),
  labels: ['person', 'car'],
})
const head = (name: string, cells: number, size: number) => ({
  name,
  type: 'float32',
  dims: [1, cells, size],
})
const scores = [64, 16, 4, 1].map((cells, i) => head(`s${i}`, cells, 2))
const sides = [64, 16, 4, 1].map((cells, i) => head(`b${i}`, cells, 12))

t.test('four strides, or the first three, are found in any order', async t => {
  const four = layOutGfl(model, [...sides, ...scores].reverse())
  t.same(four.heads, [...scores, ...sides])
  t.equal(four.bins, 3)
  t.match(four.levels[1], {
    stride: 16,
    scores: { head: 1, start: 0, pitch: 2 },
    sides: { head: 5, start: 0, pitch: 12 },
  })
  const three = layOutGfl(model, [...scores.slice(0, 3), ...sides.slice(0, 3)])
  t.same(
    three.levels.map(({ stride }) => stride),
    [8, 16, 32],
  )
})

t.test('all strides in one head lie one after the other', async t => {
  const four = layOutGfl(model, [head('output', 85, 14)])
  t.equal(four.bins, 3)
  t.match(four.levels[0], {
    scores: { head: 0, start: 0, pitch: 14 },
    sides: { head: 0, start: 2, pitch: 14 },
  })
  t.match(four.levels[2], { scores: { start: 80 * 14 }, sides: { start: 80 * 14 + 2 } })
  t.equal(layOutGfl(model, [head('output', 84, 14)]).levels.length, 3)
})

t.test('names settle what shapes leave open: as many classes as numbers per box', async t => {
  const labels = Array.from({ length: 12 }, (_, i) => `class ${i}`)
  const twins = scores.map(({ name }, i) => ({ ...sides[i]!, name }))
  t.throws(() => layOutGfl({ ...model, labels }, [...twins, ...sides]), { code: 'MODEL_INVALID' })
  const outputs = [...scores, ...sides].map(({ name }) => name)
  t.same(layOutGfl({ ...model, labels, outputs }, [...sides, ...twins]).heads, [...twins, ...sides])
  t.same(layOutGfl({ ...model, outputs: ['all'] }, [head('all', 85, 14), ...scores]).bins, 3)
})

t.test('heads that are too few, or of sizes that no distribution has, are refused', async t => {
  for (const found of [
    [...scores.slice(0, 2), ...sides.slice(0, 2)],
    [...scores, ...sides.map(side => ({ ...side, dims: [1, side.dims[1]!, 10] }))],
    [head('output', 85, 13)],
    [head('output', 85, 2)],
    [],
  ]) {
    t.throws(() => layOutGfl(model, found), {
      code: 'MODEL_INVALID',
      message:
        /expected the outputs \[1,n,2\] and \[1,n,4 x bins\] for n = 64,16,4 \(and 1\), or \[1,sum of n,2 \+ 4 x bins\]/,
    })
  }
})
