import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { EventChange } from '../../../src/events/event.js'
import type { Message } from '../../../src/outputs/mqtt/layer.js'
import { createOutbox, type Send } from '../../../src/outputs/mqtt/outbox.js'
import { eventFixture } from '../../fixtures/event.js'

const encode = ({ type, event }: EventChange): Message => ({
  topic: 'events',
  payload: `${type} ${event.id}`,
  retain: false,
})
const start = (id: string): EventChange => ({
  type: 'start',
  event: eventFixture({ id }),
  before: null,
})

/** A broker that acknowledges when the test says so. */
function broker() {
  const sent: string[] = []
  const open: (() => void)[] = []
  const send: Send = ({ topic, payload }, arrived) => {
    sent.push(`${topic} ${payload}`)
    open.push(arrived)
  }
  function acknowledge(): void {
    for (const arrived of open.splice(0)) arrived()
  }
  return { sent, send, acknowledge }
}

t.test('the newest of each state is told, once, and availability last', async t => {
  const outbox = createOutbox({ encode, last: 'available' })
  outbox.state('available', 'online')
  outbox.state('count', '1')
  outbox.state('count', '2')
  outbox.happened(start('a'))
  t.equal(outbox.idle(), false)
  const { sent, send, acknowledge } = broker()
  outbox.open(send)
  t.same(sent, ['count 2', 'available online', 'events start a'])
  acknowledge()
  t.equal(outbox.idle(), true)
  outbox.state('count', '2')
  t.equal(sent.length, 3)
  outbox.state('count', '2', true)
  t.equal(sent.length, 4)
})

t.test(
  'all states are told again when the broker is back, pictures and deletions are not',
  async t => {
    const outbox = createOutbox({ encode, last: 'available' })
    const first = broker()
    outbox.open(first.send)
    outbox.state('count', '1')
    outbox.once('snapshot', Buffer.from('jpeg'))
    outbox.state('zone', '0')
    outbox.clear('zone')
    first.acknowledge()
    outbox.shut()
    const second = broker()
    outbox.open(second.send)
    t.same(second.sent, ['count 1'])
    t.same(outbox.topics(), ['count'])
  },
)

t.test(
  'what was not acknowledged is told again, in its order, and late answers are ignored',
  async t => {
    const outbox = createOutbox({ encode, last: 'available' })
    const first = broker()
    outbox.open(first.send)
    outbox.happened(start('a'))
    outbox.happened(start('b'))
    outbox.once('snapshot', Buffer.from('old'))
    outbox.once('other', Buffer.from('other'))
    outbox.shut()
    outbox.once('snapshot', Buffer.from('new'))
    first.acknowledge()
    const second = broker()
    outbox.open(second.send)
    t.same(second.sent, ['other other', 'snapshot new', 'events start a', 'events start b'])
  },
)

t.test('a broker that never acknowledges gets no more than the window', async t => {
  const outbox = createOutbox({ encode, last: 'available', window: 2, limit: 3 })
  const { sent, send, acknowledge } = broker()
  outbox.open(send)
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) outbox.happened(start(id))
  t.same(sent, ['events start a', 'events start b'])
  t.same(outbox.status(), { waiting: 3, unacknowledged: 2, dropped: 1 })
  acknowledge()
  acknowledge()
  t.same(sent.slice(2), ['events start d', 'events start e', 'events start f'])
})

t.test('a picture over which the connection is lost twice is given up, no deletion is', async t => {
  const outbox = createOutbox({ encode, last: 'available' })
  outbox.once('snapshot', Buffer.from('huge'))
  outbox.clear('zone')
  const sent: string[][] = []
  for (let connection = 0; connection < 3; connection++) {
    const lost = broker()
    outbox.open(lost.send)
    outbox.shut()
    sent.push(lost.sent.sort())
  }
  t.same(sent, [['snapshot huge', 'zone '], ['snapshot huge', 'zone '], ['zone ']])
  outbox.once('snapshot', Buffer.from('small'))
  const last = broker()
  outbox.open(last.send)
  t.same(last.sent, ['zone ', 'snapshot small'])
})

t.test('events can be held back until those who want them are there', async t => {
  const outbox = createOutbox({ encode, last: 'available' })
  const { sent, send } = broker()
  outbox.happened(start('a'))
  outbox.state('count', '1')
  outbox.open(send, 30)
  t.same(sent, ['count 1'])
  await sleep(60)
  t.same(sent, ['count 1', 'events start a'])
  outbox.shut()
  outbox.open(send, 30)
  outbox.shut()
  await sleep(60)
  t.equal(outbox.status().unacknowledged, 0, 'nothing was sent to nobody')

  const last = broker()
  outbox.open(last.send, 60_000)
  outbox.release()
  t.same(last.sent, ['count 1', 'events start a'], 'or until nobody can wait any longer')
})
