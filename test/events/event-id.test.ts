import t from 'tap'
import { EVENT_ID } from '../../src/events/event.js'
import { createEventIds } from '../../src/events/event-id.js'
import { createRandom } from '../../src/lib/random.js'
import { WALL } from '../fixtures/observed.js'

t.test('an id says when it was given, and is one that may stand anywhere', async t => {
  const id = createEventIds({ random: () => 0 })(WALL)
  t.match(id, EVENT_ID)
  t.equal(id, `0${WALL.toString(36)}-00000000`)
  t.match(createEventIds({ random: () => 1 - 2 ** -53 })(WALL), EVENT_ID)
  t.match(createEventIds({ random: () => 0.5 })(0), EVENT_ID, 'before the clock is set, too')
})

t.test(
  '10,000 ids sort as they were given, within a millisecond and when the clock jumps',
  async t => {
    const random = createRandom(1)
    const newId = createEventIds({ random })
    let wallMs = WALL
    const ids = Array.from({ length: 10_000 }, (_, i) => {
      wallMs += i % 1000 === 999 ? (random() - 0.5) * 1e9 : 3 * Math.floor(random() * 2)
      return newId(wallMs)
    })
    t.same(ids, ids.toSorted())
    t.equal(new Set(ids).size, ids.length)
  },
)

t.test('two services draw different ones in the same millisecond', async t => {
  const [a, b] = [1, 2].map(seed => createEventIds({ random: createRandom(seed) }))
  t.not(a!(WALL), b!(WALL))
})

t.test('after a restart ids sort behind the newest, even before the clock is set', async t => {
  const newest = createEventIds({ random: Math.random })(WALL)
  const newId = createEventIds({ random: Math.random, newest })
  t.ok(newId(1000) > newest)
  t.equal(newId(WALL + 5000).slice(0, 9), `0${(WALL + 5000).toString(36)}`)
  const foreign = createEventIds({ random: Math.random, newest: 'zzzz-from-elsewhere' })
  t.equal(foreign(WALL).slice(0, 9), `0${WALL.toString(36)}`)
})
