import t from 'tap'
import { createShelf, type ShelvedPicture } from '../../../src/events/journal/shelf.js'

function pictures() {
  const settled: string[] = []
  const picture = (id: string, bytes = 10): ShelvedPicture => ({
    ...{ id, jpeg: Buffer.alloc(bytes), late: false },
    settle: () => settled.push(id),
  })
  return { picture, settled }
}

t.test('the newest picture of an event stays', async t => {
  const { picture, settled } = pictures()
  const shelf = createShelf({ maxCount: 3, maxBytes: 100 })
  const [before, after] = [picture('a', 90), picture('a', 95)]
  t.same(shelf.put(before), [])
  t.same(shelf.put(after), [])
  t.same(settled, ['a'], 'nobody waits for the one before')
  t.equal(shelf.get('a'), after)
  shelf.take(before)
  t.equal(shelf.count, 1, 'another has come in its place')
  shelf.take(after)
  t.same([shelf.count, shelf.get('a'), settled.length], [0, undefined, 2])
})

t.test('too many or too large ones make room, the oldest first', async t => {
  const { picture } = pictures()
  const shelf = createShelf({ maxCount: 3, maxBytes: 100 })
  for (const id of ['a', 'b', 'c']) shelf.put(picture(id))
  t.match(shelf.put(picture('d')), [{ id: 'a' }])
  t.match(shelf.put(picture('e', 85)), [{ id: 'b' }, { id: 'c' }])
  t.same(
    [...shelf.all()].map(({ id }) => id),
    ['d', 'e'],
  )
})

t.test('those that come while all are gone through come as well', async t => {
  const { picture } = pictures()
  const shelf = createShelf({ maxCount: 9, maxBytes: 100 })
  shelf.put(picture('a'))
  const seen: string[] = []
  for (const each of shelf.all()) {
    seen.push(each.id)
    if (each.id === 'a') shelf.put(picture('b'))
    shelf.take(each)
  }
  t.same(seen, ['a', 'b'])
})
