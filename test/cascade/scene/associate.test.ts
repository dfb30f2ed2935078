import t from 'tap'
import { associate } from '../../../src/cascade/scene/associate.js'
import { car, person, seen } from '../../fixtures/detection.js'

t.test('what overlaps is the same, whatever comes first', async t => {
  t.same([...associate([person(0.12), person(0.62)], [person(0.6), person(0.1)])], [1, 0])
  t.same([...associate([], [person(0.6)])], [])
  t.same([...associate([person(0.1)], [])], [-1])
})

t.test('the best overlap is paired first', async t => {
  // the first detection overlaps both, the second only what the first overlaps better
  const known = [person(0.1), person(0.2)]
  t.same([...associate([person(0.17), person(0.21)], known)], [0, 1])
  t.same([...associate([person(0.18)], known)], [1])
})

t.test('classes are kept apart', async t => {
  const box = { x: 0.3, y: 0.3, width: 0.2, height: 0.2 }
  t.same([...associate([seen('car', box)], [seen('bicycle', box)])], [-1])
  t.same([...associate([car(0.1)], [person(0.1), car(0.1)])], [1])
  t.same([...associate([{ ...car(0.1), classId: 6 }], [car(0.1)])], [0], 'numbers do not matter')
})

t.test('something small that has jumped is found by a second, wider try', async t => {
  const small = (x: number) => seen('person', { x, y: 0.4, width: 0.04, height: 0.08 })
  t.same([...associate([small(0.341)], [small(0.3)])], [0], 'it overlaps nothing')
  t.same([...associate([small(0.38)], [small(0.3)])], [-1], 'it is too far away')
  // what overlaps is taken first, and is not taken away by a wider try
  t.same([...associate([small(0.341), small(0.305)], [small(0.3)])], [-1, 0])
})
