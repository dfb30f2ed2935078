import t from 'tap'
import { createEntries } from '../../../src/events/journal/entries.js'
import { createRetention } from '../../../src/events/journal/retention.js'
import { isoTime } from '../../../src/lib/clock.js'
import { EPOCH_MS, LASTING, numbered } from '../../fixtures/journal.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const bounds = { maxEvents: 3, maxBytes: 10_000, maxDays: 30 }

/** An event that is over, and when it was. */
function endedAt(number: number, ms: number, changes = {}) {
  const endedAt = isoTime(ms)
  return numbered(number, { startedAt: endedAt, updatedAt: endedAt, endedAt, ...changes })
}

/** What is too old at a time, if the clock has run well until then. */
function expired(entries: ReturnType<typeof createEntries>, nowMs: number): number[] {
  const retention = createRetention(bounds)
  retention.expired(entries, nowMs - HOUR, 0)
  return retention.expired(entries, nowMs, HOUR).map(({ event }) => event.trackId)
}

t.test('the oldest goes when there are too many, lasting ones last', async t => {
  const { excess } = createRetention(bounds)
  const entries = createEntries()
  entries.put(numbered(1, LASTING))
  entries.put(numbered(2))
  entries.put(numbered(3))
  t.equal(excess(entries), undefined)
  entries.put(numbered(4))
  t.equal(excess(entries)?.event.trackId, 2)
  for (const number of [2, 3, 4]) entries.put(numbered(number, LASTING))
  t.equal(excess(entries)?.event.trackId, 1, 'all of them last')
})

t.test('it goes when they take too much, outdated lines included', async t => {
  const { excess } = createRetention(bounds)
  const entries = createEntries()
  const entry = entries.put(numbered(1))
  entries.measure(entry, { picture: 8500, line: 500 })
  t.equal(excess(entries), undefined)
  entries.measure(entry, { picture: 8501 })
  t.equal(excess(entries), entry)
})

t.test('what ended too long ago goes, what lasts does not', async t => {
  const entries = createEntries()
  entries.put(endedAt(1, EPOCH_MS - 31 * DAY))
  entries.put(endedAt(2, EPOCH_MS - 31 * DAY, LASTING))
  entries.put(endedAt(3, EPOCH_MS - 29 * DAY))
  t.same(expired(entries, EPOCH_MS), [1])
  t.same(expired(entries, EPOCH_MS + 2 * DAY), [1, 3])
})

t.test('a clock that has just jumped counts for nothing, whereto ever', async t => {
  const entries = createEntries()
  for (const number of [1, 2]) entries.put(endedAt(number, EPOCH_MS - number * DAY))
  for (const jump of [HOUR, -HOUR, -50 * 365 * DAY, 50 * 365 * DAY]) {
    const { expired } = createRetention({ ...bounds, maxDays: 0.01 })
    let uptime = 0
    for (; uptime < HOUR; uptime += 60_000)
      t.same(expired(entries, EPOCH_MS - 3 * DAY + uptime, uptime), [])
    // it has run for an hour when it jumps
    for (const end = uptime + HOUR; uptime < end; uptime += 60_000)
      t.same(expired(entries, EPOCH_MS - 3 * DAY + jump + uptime, uptime), [])
  }
})

t.test('once a clock went forward for an hour it is believed', async t => {
  const entries = createEntries()
  entries.put(endedAt(1, EPOCH_MS))
  const { expired } = createRetention(bounds)
  expired(entries, EPOCH_MS + DAY, 0)
  t.same(expired(entries, EPOCH_MS + DAY + 2 * HOUR, 2 * HOUR), [])
  t.same(expired(entries, EPOCH_MS + 40 * DAY, 3 * HOUR), [], 'the service was stopped for long')
  t.same(expired(entries, EPOCH_MS + 40 * DAY + 0.9 * HOUR, 3.9 * HOUR), [])
  t.equal(expired(entries, EPOCH_MS + 40 * DAY + HOUR, 4 * HOUR).length, 1)
})

t.test('an event that was written while the clock was wrong is as old as the next one', async t => {
  const entries = createEntries()
  entries.put(endedAt(1, 0))
  entries.put(endedAt(2, EPOCH_MS + 9000 * DAY))
  entries.put(endedAt(3, EPOCH_MS - 20 * DAY))
  entries.put(endedAt(4, 1000))
  t.same(expired(entries, EPOCH_MS), [])
  t.same(expired(entries, EPOCH_MS + 11 * DAY), [1, 2, 3], 'behind the last there is none')
})

t.test(
  'a clock that stands in 2076 for days takes nothing away, nor after it came back',
  async t => {
    const then = EPOCH_MS + 50 * 365 * DAY
    const entries = createEntries()
    entries.put(endedAt(1, EPOCH_MS - 29 * DAY))
    entries.put(endedAt(2, EPOCH_MS))
    t.same(expired(entries, then), [])
    entries.put(endedAt(3, then))
    entries.put(endedAt(4, then + 2 * DAY))
    t.same(expired(entries, then + 2 * DAY), [1], 'two days have passed, not fifty years')
    t.same(expired(entries, EPOCH_MS + 1.5 * DAY), [1])
    // whoever leaves it there for a month has lived for a month
    entries.put(endedAt(5, then + 31 * DAY))
    t.same(expired(entries, then + 31 * DAY), [1, 2, 3])
  },
)
