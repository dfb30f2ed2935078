import t from 'tap'
import { isEventChange, isEventPage } from '../../../src/outputs/kiosk/event-guards.js'
import { eventFixture } from '../../fixtures/event.js'

const event = eventFixture()

t.test('pages and changes as the service sends them are understood', async t => {
  const sent: unknown = JSON.parse(JSON.stringify({ events: [event], next: null }))
  t.ok(isEventPage(sent))
  t.ok(isEventPage({ events: [], next: event.id }))
  t.ok(isEventChange({ type: 'start', event, before: null }))
  t.ok(isEventChange({ type: 'end', event: { ...event, endedBy: 'gone' }, before: event }))
})

t.test('anything else is not taken for an event', async t => {
  t.notOk(isEventPage({ events: [{ ...event, startedAt: 'soon' }], next: null }))
  t.notOk(isEventPage({ events: [event] }))
  t.notOk(isEventPage([event]))
  t.notOk(isEventChange({ type: 'gap', event, before: null }))
  t.notOk(isEventChange({ type: 'end', event: { ...event, endedBy: 'bored' }, before: null }))
  const odd = { ...event.best, exit: { stage: 'scout', reason: 'toString' } }
  t.notOk(isEventChange({ type: 'update', event: { ...event, best: odd }, before: null }))
})
