import t from 'tap'
import { createUndo } from '../../../src/outputs/kiosk/undo.js'

t.test('steps are taken back one by one, down to the first', async t => {
  const steps = createUndo('a')
  t.notOk(steps.canUndo())
  t.notOk(steps.undo())
  steps.change('b')
  steps.change('b')
  steps.change('c')
  t.equal(steps.now(), 'c')
  t.ok(steps.undo())
  t.equal(steps.now(), 'b')
  t.ok(steps.undo())
  t.equal(steps.now(), 'a')
  t.notOk(steps.undo())
})

t.test('a drag is one step, and another drag is another one', async t => {
  const steps = createUndo(0)
  for (const value of [1, 2, 3]) steps.change(value, 'drag 1')
  for (const value of [4, 5]) steps.change(value, 'drag 2')
  steps.undo()
  t.equal(steps.now(), 3)
  steps.change(6, 'drag 1')
  steps.undo()
  t.equal(steps.now(), 3, 'what was taken back is not gone on with')
  steps.undo()
  t.equal(steps.now(), 0)
})

t.test('another choice is no step', async t => {
  const steps = createUndo('a')
  steps.turn('b')
  t.equal(steps.now(), 'b')
  t.notOk(steps.canUndo())
})

t.test('the past is bounded', async t => {
  const steps = createUndo(0)
  for (let value = 1; value <= 1000; value++) steps.change(value)
  let back = 0
  while (steps.undo()) back++
  t.equal(back, 200)
})
