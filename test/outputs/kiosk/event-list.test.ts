import t from 'tap'
import type { CameraEvent } from '../../../src/events/event.js'
import {
  append,
  EVERYTHING,
  fold,
  hasOlder,
  KEPT,
  type Listed,
  limitFor,
  matches,
  NOTHING,
  PAGE,
  queryOf,
} from '../../../src/outputs/kiosk/event-list.js'
import { eventFixture } from '../../fixtures/event.js'

/** Ids sort in the order in which events began. */
const event = (n: number, changes: Partial<CameraEvent> = {}) =>
  eventFixture({ id: `01k9${String(n).padStart(6, '0')}-porch-${n}`, ...changes })

const listed = (numbers: readonly number[], next: string | null = null): Listed => ({
  events: numbers.map(n => event(n)),
  next,
})

const told = ({ events }: Listed) => events.map(({ id }) => Number(id.split('-')[2]))

t.test('an event that begins stands on top, one that is late in its place', async t => {
  t.same(told(fold(NOTHING, EVERYTHING, event(1))), [1])
  t.same(told(fold(listed([2, 1]), EVERYTHING, event(3))), [3, 2, 1])
  t.same(told(fold(listed([3, 1]), EVERYTHING, event(2))), [3, 2, 1])
})

t.test('below the last one only if there are no pages between', async t => {
  t.same(told(fold(listed([3, 2]), EVERYTHING, event(1))), [3, 2, 1])
  const more = listed([3, 2], 'older')
  t.equal(fold(more, EVERYTHING, event(1)), more)
})

t.test('a change replaces what was known, unless it is older', async t => {
  const known = fold(listed([2, 1]), EVERYTHING, event(1, { stationary: true }))
  t.equal(known.events[1]?.stationary, true)
  const old = event(1, { updatedAt: '2026-11-22T21:05:00.200Z' })
  t.equal(fold(known, EVERYTHING, old), known)
})

t.test('only what is asked for is listed, also once it enters the zone', async t => {
  const filter = { camera: 'porch', label: 'person', zone: 'door' }
  t.notOk(matches(filter, event(1)))
  t.ok(matches(filter, event(1, { enteredZones: ['path', 'door'] })))
  t.notOk(matches({ ...filter, zone: null, label: 'car' }, event(1)))
  t.notOk(matches({ ...filter, zone: null, camera: 'yard' }, event(1)))
  t.ok(matches(EVERYTHING, event(1)))
  t.same(told(fold(listed([1]), filter, event(2))), [1])
  t.same(told(fold(listed([1]), filter, event(2, { enteredZones: ['door'] }))), [2, 1])
})

t.test('older pages follow below, without doubles', async t => {
  const known = append(listed([5, 4], 'x'), listed([4, 3, 2], 'y'))
  t.same(told(known), [5, 4, 3, 2])
  t.equal(known.next, 'y')
  t.same(told(append(NOTHING, listed([1]))), [1])
})

t.test('never more than the newest are kept, and the cursor moves with the last', async t => {
  const numbers = Array.from({ length: KEPT }, (_, i) => KEPT - i)
  const full = fold(listed(numbers), EVERYTHING, event(KEPT + 1))
  t.equal(full.events.length, KEPT)
  t.equal(full.next, full.events.at(-1)?.id)
  t.notOk(hasOlder(full), 'there is no room for them')
  t.ok(hasOlder(listed([1], 'x')))
  t.notOk(hasOlder(listed([1])))
})

t.test('asked are a page at first, then as many as are shown', async t => {
  t.equal(limitFor(NOTHING), PAGE)
  t.equal(limitFor({ events: listed([...Array(120).keys()]).events, next: null }), 120)
  t.equal(queryOf(EVERYTHING, 50, null), 'limit=50')
  const query = queryOf({ camera: 'a b', label: null, zone: 'path' }, 20, '01k9')
  t.equal(query, 'limit=20&camera=a+b&zone=path&cursor=01k9')
})
