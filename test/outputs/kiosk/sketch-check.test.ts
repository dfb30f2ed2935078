import t from 'tap'
import type { Drawing, Point } from '../../../src/events/zones.js'
import { sketchOf, write } from '../../../src/outputs/kiosk/sketch.js'
import { placeProblem, problemsOf } from '../../../src/outputs/kiosk/sketch-check.js'

const polygon: readonly Point[] = [
  [0.1, 0.1],
  [0.5, 0.1],
  [0.3, 0.5],
]
const DRAWING: Drawing = {
  zones: [
    { name: 'path', polygon, minSeconds: 0 },
    { name: 'drive', polygon, minSeconds: 2 },
  ],
  masks: [polygon, polygon],
}
const sketch = sketchOf(DRAWING)

t.test('a drawing as the service takes it has no problem', async t => {
  t.same(problemsOf(sketch), [])
})

t.test('names that the service would refuse are found first', async t => {
  const named = (name: string) => problemsOf(write(sketch, 1, 'name', name))
  t.match(named('Front door'), [{ outline: 1, field: 'name', message: /a–z/ }])
  t.match(named(''), [{ outline: 1, field: 'name', message: /needs a name/ }])
  t.match(named('_x'), [{ field: 'name' }])
  t.match(named('x'.repeat(41)), [{ field: 'name' }])
  t.same(named('a-1_b'), [])
  t.match(named('path'), [
    { outline: 0, message: /another zone/ },
    { outline: 1, message: /another zone/ },
  ])
})

t.test('seconds are a number up to ten minutes', async t => {
  const after = (text: string) => problemsOf(write(sketch, 0, 'minSeconds', text))
  for (const text of ['', 'soon', '-1', '601']) {
    t.match(after(text), [{ outline: 0, field: 'minSeconds' }], text)
  }
  t.same(after('0.5'), [])
})

t.test('labels are words of a bearable length', async t => {
  t.match(problemsOf(write(sketch, 0, 'labels', 'x'.repeat(61))), [{ field: 'labels' }])
  const many = Array.from({ length: 101 }, (_, i) => `l${i}`).join(',')
  t.match(problemsOf(write(sketch, 0, 'labels', many)), [{ field: 'labels' }])
})

t.test('what the service says stands beside what it means', async t => {
  t.same(placeProblem(sketch, 'zones.1.name: expected another'), {
    outline: 1,
    field: 'name',
    message: 'expected another',
  })
  t.match(placeProblem(sketch, 'zones[0].minSeconds: expected at most 600, found 700'), {
    outline: 0,
    field: 'minSeconds',
    message: 'expected at most 600, found 700',
  })
  t.match(placeProblem(sketch, 'zones.0.polygon.2: expected a point'), {
    outline: 0,
    field: undefined,
  })
  t.match(placeProblem(sketch, 'masks.1: expected at least 3'), { outline: 3, field: undefined })
  for (const detail of ['the disk is full', 'zones.7.name: expected another']) {
    t.same(placeProblem(sketch, detail), { outline: undefined, field: undefined, message: detail })
  }
})
