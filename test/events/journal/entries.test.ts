import t from 'tap'
import { createEntries, type Entries } from '../../../src/events/journal/entries.js'
import { EPOCH_MS, LASTING, numbered } from '../../fixtures/journal.js'

function forwards(entries: Entries): number[] {
  const tracks: number[] = []
  for (let entry = entries.oldest; entry; entry = entry.newer) tracks.push(entry.event.trackId)
  return tracks
}

function backwards(entries: Entries): number[] {
  const tracks: number[] = []
  for (let entry = entries.newest; entry; entry = entry.older) tracks.push(entry.event.trackId)
  return tracks
}

t.test('events stay in the order in which they arrived, whatever changes', async t => {
  const entries = createEntries()
  t.same(
    [entries.count, entries.open, entries.oldest, entries.newest],
    [0, 0, undefined, undefined],
  )
  for (const number of [3, 1, 2]) entries.put(numbered(number, LASTING))
  entries.put(numbered(1))
  t.same(forwards(entries), [3, 1, 2])
  t.same(backwards(entries), [2, 1, 3])
  t.same([entries.count, entries.open], [3, 2])
  const entry = entries.find('event-000001')
  t.match(entry, { n: 2, startedMs: EPOCH_MS + 60_000, updatedMs: EPOCH_MS + 65_000 })
})

t.test('those from the disk come before', async t => {
  const entries = createEntries()
  entries.put(numbered(8))
  for (const number of [7, 6]) t.equal(entries.adopt(numbered(number), number).n, number)
  t.same(forwards(entries), [6, 7, 8])
  const empty = createEntries()
  empty.adopt(numbered(7), 7)
  t.equal(empty.put(numbered(8)).n, 8)
})

t.test('first, middle and last can be removed', async t => {
  for (const [number, left] of [
    [1, [2, 3]],
    [2, [1, 3]],
    [3, [1, 2]],
  ] as const) {
    const entries = createEntries()
    for (const each of [1, 2, 3]) entries.put(numbered(each, LASTING))
    const entry = entries.find(numbered(number).id)!
    entries.measure(entry, { picture: 100, line: 10 })
    t.same([entries.pictures, entries.lines], [100, 10])
    entries.remove(entry)
    t.equal(entry.gone, true)
    entries.measure(entry, { picture: 50 })
    t.equal(entries.find(numbered(number).id), undefined)
    t.same(forwards(entries), left)
    t.same(backwards(entries), left.toReversed())
    t.same([entries.count, entries.open, entries.pictures, entries.lines], [2, 2, 0, 0])
  }
  const entries = createEntries()
  entries.remove(entries.put(numbered(1)))
  t.same(
    [entries.count, entries.open, entries.oldest, entries.newest],
    [0, 0, undefined, undefined],
  )
})
