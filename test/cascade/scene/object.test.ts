import t from 'tap'
import { looksTheSame } from '../../../src/cascade/scene/appearance.js'
import { createObject, see, toTracked } from '../../../src/cascade/scene/object.js'
import { person, seen } from '../../fixtures/detection.js'
import { wall, withThing } from '../../fixtures/thumbnail.js'

t.test('an object begins where it was seen, unsure and without an identity', async t => {
  const object = createObject(person(0.1, 0.7), 'scout', wall(), 250)
  t.match(object, {
    trackId: 0,
    label: 'person',
    classId: 0,
    score: 0.7,
    standing: 'there',
    by: 'scout',
    sure: false,
    seenAt: 250,
    missed: 0,
  })
  t.same(object.box, person(0.1).box)
  t.ok(looksTheSame(wall(), object.appearance))
})

t.test('an object that is seen again moves there, and its place has a new look', async t => {
  const object = createObject(person(0.1, 0.7), 'scout', wall(), 0)
  object.missed = 1
  object.filter.predict(0.1)
  const changed = withThing(wall(), person(0.2).box)
  see(object, person(0.2, 0.6), changed, 100)
  t.match(object, { score: 0.6, seenAt: 100, missed: 0 })
  t.ok(object.box.x > 0.1 && object.box.x <= 0.2, `${object.box.x}`)
  t.ok(looksTheSame(changed, object.appearance))
  t.notOk(looksTheSame(wall(), object.appearance))
})

t.test("the scout's score does not lower the expert's", async t => {
  const object = createObject(person(0.1, 0.7), 'expert', wall(), 0)
  see(object, person(0.1, 0.3), wall(), 100)
  t.equal(object.score, 0.7)
  see(object, person(0.1, 0.8), wall(), 200)
  t.equal(object.score, 0.8)
})

t.test('an object is published as far as it is in the picture', async t => {
  const corner = { x: -0.05, y: 0.7, width: 0.2, height: 0.35 }
  const object = createObject(seen('person', corner, 0.7), 'scout', wall(), 0)
  object.trackId = 4
  t.same(toTracked(object), {
    label: 'person',
    classId: 0,
    score: 0.7,
    box: { x: 0, y: 0.7, width: 0.15, height: 0.3 },
    trackId: 4,
  })
})
