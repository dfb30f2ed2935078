import t from 'tap'
import { createEntries } from '../../../src/events/journal/entries.js'
import type { EventQuery } from '../../../src/events/journal/journal.js'
import { ask } from '../../../src/events/journal/query.js'
import { monotonicMs } from '../../../src/lib/clock.js'
import { EPOCH_MS, LASTING, numbered } from '../../fixtures/journal.js'

const entries = createEntries()
entries.put(numbered(1, { camera: 'yard' }))
entries.put(numbered(2, { label: 'cat', score: 0.3 }))
entries.put(numbered(3, { zones: [], enteredZones: ['lawn', 'path'] }))
entries.put(numbered(4, { ...LASTING, enteredZones: [] }))

function tracks(query: Partial<EventQuery>): number[] {
  return ask(entries, { limit: 10, ...query }).page.map(({ event }) => event.trackId)
}

t.test('everything that is given must hold', async t => {
  const minute = (number: number) => EPOCH_MS + number * 60_000
  for (const [query, found] of [
    [{}, [4, 3, 2, 1]],
    [{ camera: 'yard' }, [1]],
    [{ label: 'cat' }, [2]],
    [{ zone: 'lawn' }, [3]],
    [{ zone: 'path', camera: 'porch' }, [3, 2]],
    [{ after: minute(2) }, [4, 3, 2]],
    [{ before: minute(2) }, [1]],
    [{ after: minute(2), before: minute(4) }, [3, 2]],
    [{ open: true }, [4]],
    [{ open: false }, [3, 2, 1]],
    [{ minScore: 0.5 }, [4, 3, 1]],
    [{ minScore: 0.3 }, [4, 3, 2, 1]],
    [{ label: 'zebra' }, []],
  ] as const)
    t.same(tracks(query), found, JSON.stringify(query))
})

t.test('pages follow each other, and the last one says so', async t => {
  const query = { limit: 2, camera: 'porch' }
  const first = ask(entries, query)
  t.match(first, { page: [{ event: { trackId: 4 } }, { event: { trackId: 3 } }], more: true })
  const cursor = first.page[1]!.event.id
  const second = ask(entries, { ...query, cursor })
  t.match(second, { page: [{ event: { trackId: 2 } }], more: false })
  t.equal(second.page.length, 1)
  t.same(ask(entries, { limit: 1, open: true }).more, false, 'no more of what is wanted')
  t.same(ask(entries, { ...query, cursor: 'forgotten' }), { page: [], more: false })
})

t.test('10,000 events are searched in no time', async t => {
  const many = createEntries()
  for (let number = 0; number < 10_000; number++) many.put(numbered(number))
  const took = Array.from({ length: 30 }, () => {
    const before = monotonicMs()
    t.same(ask(many, { limit: 50, zone: 'path', minScore: 0.99 }).page, [])
    return monotonicMs() - before
  })
  // others may have had the processor in between
  t.ok(Math.min(...took) < 5, `${Math.min(...took).toFixed(2)} ms`)
})
