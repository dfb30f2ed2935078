import t from 'tap'
import { createEntries } from '../../../src/events/journal/entries.js'
import { merge } from '../../../src/events/journal/merge.js'
import type { FoundEvent } from '../../../src/events/journal/segments.js'
import { monotonicMs } from '../../../src/lib/clock.js'
import { LASTING, numbered } from '../../fixtures/journal.js'

function onDisk(events: readonly { number: number; n: number; changes?: object }[]) {
  const segment = { number: 1, bytes: 5000, live: new Set<never>() }
  const found = events.map(({ number, n, changes }): FoundEvent => {
    const event = numbered(number, changes)
    return { n, picture: 7, event, segment, bytes: 600 }
  })
  return { found: new Map(found.map(each => [each.event.id, each])), segment }
}

function order(entries: ReturnType<typeof createEntries>) {
  const list: { track: number; n: number }[] = []
  for (let entry = entries.oldest; entry; entry = entry.newer)
    list.push({ track: entry.event.trackId, n: entry.n })
  return list
}

t.test('a start: all comes back in the order in which it arrived', async t => {
  const entries = createEntries()
  // the clock had jumped back, and the file was cleaned up
  const { found, segment } = onDisk([
    { number: 5, n: 8 },
    { number: 9, n: 2 },
    { number: 1, n: 4, changes: LASTING },
  ])
  const changed = await merge(entries, { found })
  t.same(order(entries), [
    { track: 9, n: 2 },
    { track: 1, n: 4 },
    { track: 5, n: 8 },
  ])
  t.same(
    changed.map(({ event }) => event.trackId),
    [1],
    'only its end must be written',
  )
  const { updatedAt } = numbered(1)
  t.match(entries.find(numbered(1).id)?.event, { endedAt: updatedAt, endedBy: 'restart' })
  t.match(entries.find(numbered(5).id), { event: { endedBy: 'gone' }, picture: 7, line: 600 })
  t.same([segment.live.size, entries.lines, entries.pictures, entries.open], [3, 1800, 21, 0])
})

t.test('the disk comes late: what happened meanwhile is newer', async t => {
  const entries = createEntries()
  const [six, seven] = [entries.put(numbered(6, LASTING)), entries.put(numbered(7))]
  const { found } = onDisk([
    { number: 1, n: 3 },
    { number: 2, n: 5 },
  ])
  t.same(await merge(entries, { found }), [six, seven])
  t.same(
    order(entries).map(({ track }) => track),
    [1, 2, 6, 7],
  )
  t.same(
    order(entries).map(({ n }) => n),
    [3, 5, 6, 7],
  )
  t.equal(six.event.endedAt, null, 'we have not been away')
})

t.test('the disk was away: only what has changed meanwhile is written', async t => {
  const entries = createEntries()
  const [one, two, three] = [1, 2, 3].map(number => entries.put(numbered(number)))
  entries.measure(two!, { line: 555, picture: 9 })
  const { found, segment } = onDisk([
    { number: 1, n: 1 },
    { number: 2, n: 2, changes: LASTING },
  ])
  t.same(await merge(entries, { found }), [two, three])
  t.same([one!.segment, one!.line, three!.segment, three!.line], [segment, 600, null, 0])
  t.equal(two!.event.endedBy, 'gone')
})

t.test('what is forgotten or arrives in between does no harm', async t => {
  const entries = createEntries()
  for (let number = 10_000; number < 12_000; number++) entries.put(numbered(number))
  const { found } = onDisk(Array.from({ length: 12_000 }, (_, n) => ({ number: n, n: n + 1 })))
  let longest = 0
  let last = monotonicMs()
  let turns = 0
  const timer = setInterval(() => {
    longest = Math.max(longest, monotonicMs() - last)
    last = monotonicMs()
    turns += 1
    if (turns === 1) {
      entries.remove(entries.find(numbered(11_999).id)!)
      entries.put(numbered(1, { moves: 9 }))
    }
  }, 0)
  await merge(entries, { found })
  clearInterval(timer)
  t.ok(turns > 3, `${turns} turns for others, the longest after ${longest.toFixed(1)} ms`)
  t.equal(entries.count, 11_999)
  t.equal(entries.find(numbered(1).id)?.event.moves, 9)
  const numbers = order(entries).map(({ n }) => n)
  t.ok(numbers.every((n, index) => index === 0 || n > numbers[index - 1]!))
})
