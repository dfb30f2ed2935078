import t from 'tap'
import { createStay, see } from '../../src/events/stay.js'
import { finish, improve, mayTell, startTelling, update } from '../../src/events/telling.js'
import { seenFrame, tracked } from '../fixtures/observed.js'

const UPDATE_MS = 60_000

function begin() {
  const stay = createStay(tracked(0.5), seenFrame(0, []), 1)
  const start = startTelling(stay, '0mi8a1b2c-00000001', 'porch', seenFrame(500, []))
  const telling = stay.telling!
  return { stay, start, telling }
}

t.test('an event begins when its object was first seen, with its first look', async t => {
  const { start } = begin()
  t.same(start, {
    type: 'start',
    before: null,
    event: {
      id: '0mi8a1b2c-00000001',
      camera: 'porch',
      label: 'person',
      trackId: 1,
      startedAt: '2026-11-22T21:00:00.000Z',
      updatedAt: '2026-11-22T21:00:00.500Z',
      endedAt: null,
      endedBy: null,
      score: 0.8,
      box: tracked(0.5).box,
      zones: [],
      enteredZones: [],
      stationary: false,
      moves: 0,
      best: {
        frame: 5,
        at: '2026-11-22T21:00:00.500Z',
        score: 0.8,
        box: tracked(0.5).box,
        width: 1280,
        height: 720,
        exit: { stage: 'scout', reason: 'confident' },
      },
      hasSnapshot: false,
    },
  })
})

t.test('an update says what has changed, and what was told before', async t => {
  const { stay, start, telling } = begin()
  see(stay, tracked(0.6, { zones: ['path'], trackId: 4 }), seenFrame(900, []), 10_000)
  telling.hasSnapshot = true
  const { type, event, before } = update(stay, telling, seenFrame(900, []))
  t.equal(type, 'update')
  t.equal(before, start.event)
  t.match(event, { id: start.event.id, trackId: 4, zones: ['path'], hasSnapshot: true })
  t.equal(event.updatedAt, '2026-11-22T21:00:00.900Z')
  t.equal(telling.told, event)
})

t.test(
  'three changes are told at once, then one in two seconds; without one nothing until it is time',
  async t => {
    const { stay, telling } = begin()
    const told: number[] = []
    for (let atMs = 600; atMs < 10_000; atMs += 100) {
      telling.due = true
      if (!mayTell(telling, atMs, UPDATE_MS)) continue
      update(stay, telling, seenFrame(atMs, []))
      told.push(atMs)
    }
    t.same(told.slice(0, 3), [600, 700, 800])
    t.ok(told.length <= 3 + 5, `${told}`)
    const last = told.at(-1)!
    telling.due = false
    t.notOk(mayTell(telling, last + UPDATE_MS - 1, UPDATE_MS))
    t.ok(mayTell(telling, last + UPDATE_MS, UPDATE_MS))
    update(stay, telling, seenFrame(last + UPDATE_MS, []))
    for (const more of [0, 1, 2]) {
      telling.due = true
      t.ok(
        mayTell(telling, last + UPDATE_MS + more, UPDATE_MS),
        'a quiet spell allows a burst again',
      )
      update(stay, telling, seenFrame(last + UPDATE_MS + more, []))
    }
    telling.due = true
    t.notOk(mayTell(telling, last + UPDATE_MS + 3, UPDATE_MS))
  },
)

t.test('a clearly better look takes the place of the best, and is due', async t => {
  const { stay, telling } = begin()
  see(stay, tracked(0.5, { score: 0.85 }), seenFrame(600, []), 10_000)
  t.notOk(improve(stay, telling, seenFrame(600, [])))
  t.notOk(telling.due)
  see(stay, tracked(0.5, { score: 0.99 }), seenFrame(700, []), 10_000)
  t.ok(improve(stay, telling, seenFrame(700, [])))
  t.ok(telling.due)
  t.match(update(stay, telling, seenFrame(700, [])).event.best, { frame: 7, score: 0.99 })
})

t.test('the end says when the object was last seen, and that it is nowhere', async t => {
  const { stay, start, telling } = begin()
  see(stay, tracked(0.6, { zones: ['path'] }), seenFrame(900, []), 10_000)
  stay.last = seenFrame(900, [])
  const { type, event, before } = finish(stay, telling, 'gone', seenFrame(3000, []))
  t.equal(type, 'end')
  t.equal(before, start.event)
  t.match(event, { zones: [], enteredZones: ['path'], endedBy: 'gone' })
  t.equal(event.endedAt, '2026-11-22T21:00:00.900Z')
  t.equal(event.updatedAt, '2026-11-22T21:00:03.000Z')
  t.equal(stay.telling, undefined)
})
