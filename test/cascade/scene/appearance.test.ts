import t from 'tap'
import { looksTheSame, takeAppearance } from '../../../src/cascade/scene/appearance.js'
import { createRandom } from '../../../src/lib/random.js'
import { litBy, wall, withThing } from '../../fixtures/thumbnail.js'

const place = { x: 0.25, y: 0.25, width: 0.25, height: 0.5 }
const before = takeAppearance(wall(), place)

t.test('the look of a place is its part of the thumbnail, and a cell around it', async t => {
  t.match(before, { left: 39, top: 23, right: 81, bottom: 73 })
  t.equal(before.cells.length, 42 * 50)
  t.equal(before.cells[42], wall()[24 * 160 + 39], 'the second row begins below the first')
})

t.test('a place stays the same while nothing but its light changes', async t => {
  for (const gain of [1, 0.4, 0.8, 1.3]) t.ok(looksTheSame(litBy(wall(), gain), before), `${gain}`)
})

t.test('noise is no change, in the dark neither', async t => {
  const random = createRandom(3)
  const noisy = (luma: Uint8Array) => luma.map(grey => Math.max(0, grey + 8 * (random() - 0.5)))
  t.ok(looksTheSame(noisy(wall()), before))
  const night = takeAppearance(noisy(new Uint8Array(wall().length)), place)
  t.ok(looksTheSame(noisy(new Uint8Array(wall().length)), night))
})

t.test('something in front of it changes a place, something beside it does not', async t => {
  t.notOk(looksTheSame(withThing(wall(), { ...place, width: 0.1 }), before))
  t.ok(looksTheSame(withThing(wall(), { ...place, x: 0.6 }), before))
  t.notOk(looksTheSame(wall(2), before), 'another scene')
})

t.test('a place at the edge, or beyond it, has what is left of its look', async t => {
  const corner = takeAppearance(wall(), { x: 0.9, y: 0.9, width: 0.3, height: 0.3 })
  t.match(corner, { left: 143, top: 85, right: 160, bottom: 96 })
  const outside = takeAppearance(wall(), { x: -0.5, y: 1.2, width: 0.2, height: 0.1 })
  t.match(outside, { left: 0, top: 95, right: 1, bottom: 96 })
  t.ok(looksTheSame(wall(), outside))
})
