import t from 'tap'
import type { EventChange } from '../../../src/events/event.js'
import { createWebhookQueue, type WebhookQueue } from '../../../src/outputs/webhooks/queue.js'
import { eventFixture } from '../../fixtures/event.js'

/** Puts 'start a' and the like. */
function put(queue: WebhookQueue, ...words: string[]): void {
  for (const word of words) {
    const [type, id] = word.split(' ') as [EventChange['type'], string]
    queue.put({ id: word, change: { type, event: eventFixture({ id }), before: null } })
  }
}

function takeAll(queue: WebhookQueue): string[] {
  const taken: string[] = []
  for (let next = queue.take(); next; next = queue.take()) taken.push(next.id)
  return taken
}

t.test('what waits comes in order', async t => {
  const queue = createWebhookQueue(3)
  put(queue, 'start a', 'update a', 'end a')
  t.same(queue.status(), { waiting: 3, dropped: 0 })
  t.same(takeAll(queue), ['start a', 'update a', 'end a'])
  t.equal(queue.take(), undefined)
})

t.test('beyond its limit the oldest update goes first, then starts, never an end', async t => {
  const queue = createWebhookQueue(3)
  put(queue, 'start a', 'update a', 'update b', 'end b', 'end c')
  t.same(queue.status(), { waiting: 3, dropped: 2 })
  put(queue, 'update d', 'end a')
  t.same(takeAll(queue), ['end b', 'end c', 'end a'])
  t.equal(queue.status().dropped, 4)
})

t.test('who may have been told of a start is told of its end', async t => {
  const queue = createWebhookQueue(2)
  put(queue, 'start told')
  queue.take()
  put(queue, 'end told', 'end x', 'end y', 'end z', 'start w', 'update v')
  t.same(takeAll(queue), ['end told', 'end z'], 'the ends of starts that were never told go')
})

t.test('it stays bounded even if all that waits are ends of told starts', async t => {
  const queue = createWebhookQueue(2)
  for (const id of ['a', 'b', 'c']) {
    put(queue, `start ${id}`)
    queue.take()
  }
  put(queue, 'end b', 'end c', 'end a')
  t.same(takeAll(queue), ['end b', 'end c'], 'of more than two, the first was forgotten')
  for (const id of ['d', 'e']) {
    put(queue, `start ${id}`)
    queue.take()
  }
  put(queue, 'end d', 'end e', 'end d')
  t.same(takeAll(queue), ['end e', 'end d'])
})
