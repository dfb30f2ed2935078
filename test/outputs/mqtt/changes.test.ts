import t from 'tap'
import type { EventChange } from '../../../src/events/event.js'
import { createChangeQueue } from '../../../src/outputs/mqtt/changes.js'
import { eventFixture } from '../../fixtures/event.js'

/** start 1, update 2 ... of an event, by its id. */
function change(type: EventChange['type'], id: string, moves = 0): EventChange {
  const before = type === 'start' ? null : eventFixture({ id, moves: moves - 1 })
  return { type, event: eventFixture({ id, moves }), before }
}

function drain(queue: ReturnType<typeof createChangeQueue>): string[] {
  const told: string[] = []
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    told.push(`${next.type} ${next.event.id}`)
  return told
}

t.test('changes come out in their order, and what did not arrive comes first', async t => {
  const queue = createChangeQueue(10)
  queue.push(change('start', 'a'))
  queue.push(change('end', 'a', 1))
  const first = queue.shift()!
  queue.unshift(first)
  t.equal(queue.size, 2)
  t.same(drain(queue), ['start a', 'end a'])
  t.equal(queue.dropped(), 0)
})

t.test('updates go first, and the next change follows on what was told before', async t => {
  const queue = createChangeQueue(2)
  queue.push(change('update', 'a', 1))
  queue.push(change('start', 'b'))
  queue.push(change('end', 'a', 2))
  t.equal(queue.dropped(), 1)
  queue.shift()
  t.equal(queue.shift()?.before?.moves, 0, 'what was told before the update that is gone')
})

t.test('an update that nothing follows goes as well', async t => {
  const queue = createChangeQueue(1)
  queue.push(change('update', 'a', 1))
  queue.push(change('start', 'b'))
  t.same(drain(queue), ['start b'])
})

t.test('an end whose beginning was told stays, whatever else must go', async t => {
  const queue = createChangeQueue(2)
  queue.push(change('end', 'told-1', 1))
  queue.push(change('start', 'short'))
  queue.push(change('end', 'short', 1))
  queue.push(change('end', 'told-2', 1))
  t.same(queue.size, 2)
  queue.push(change('end', 'told-3', 1))
  t.same(drain(queue), ['end told-1', 'end told-2', 'end told-3'])
  t.equal(queue.dropped(), 2, 'beginning and end of the event that nobody heard of')
})

t.test('of an event whose beginning nobody was told, nothing is told', async t => {
  const queue = createChangeQueue(1)
  queue.push(change('start', 'lost'))
  queue.push(change('start', 'kept'))
  t.same(drain(queue), ['start kept'])
  queue.push(change('update', 'lost', 1))
  queue.push(change('end', 'lost', 2))
  t.equal(queue.size, 0)
  t.equal(queue.dropped(), 3)
  queue.push(change('start', 'lost'))
  t.same(drain(queue), ['start lost'], 'it is forgotten that it was lost')
})
