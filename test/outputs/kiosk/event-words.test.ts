import t from 'tap'
import {
  bestWords,
  briefSpanWords,
  endWords,
  lookWords,
  moveWords,
  pictureWords,
  spanWords,
  wayWords,
  whenWords,
  zoneWords,
} from '../../../src/outputs/kiosk/event-words.js'
import { eventFixture } from '../../fixtures/event.js'

const lasting = eventFixture()
const ended = eventFixture({
  endedAt: '2026-11-22T21:06:20.123Z',
  endedBy: 'gone',
  zones: [],
})
const since = () => 12_345

t.test('times are those of this wall, with the day where it is another one', async t => {
  const at = new Date(2026, 10, 22, 9, 3, 9).getTime()
  t.equal(whenWords(at, at + 3_600_000), '09:03:09')
  t.equal(whenWords(at, at + 86_400_000), 'Sun 22 Nov 09:03')
})

t.test('how long, in whole seconds, and whether it lasts', async t => {
  t.equal(spanWords(lasting, since), '12 s so far')
  t.equal(spanWords(ended, since), '1 min')
  t.equal(
    spanWords(eventFixture({ endedAt: '2026-11-22T21:05:03.523Z' }), since),
    '3 s',
    'no tenths',
  )
  t.equal(briefSpanWords(eventFixture({ stationary: true }), since), '12 s so far · still')
  t.equal(briefSpanWords({ ...ended, stationary: true }, since), '1 min')
})

t.test('the way through the zones', async t => {
  t.equal(zoneWords(lasting), 'path')
  t.equal(wayWords(lasting), 'path')
  t.equal(wayWords(eventFixture({ enteredZones: [], zones: [] })), 'none')
  const wandered = { enteredZones: ['path', 'drive'] }
  t.equal(
    wayWords(eventFixture({ ...wandered, zones: ['drive'] })),
    'path, then drive; now in drive',
  )
  t.equal(wayWords(eventFixture({ ...wandered, zones: [] })), 'path, then drive; now in none')
  t.equal(wayWords({ ...ended, ...wandered }), 'path, then drive')
})

t.test('when and why it ended', async t => {
  const now = Date.parse('2026-11-22T21:07:00Z')
  t.equal(endWords(lasting, now), '')
  t.match(endWords(ended, now), /^\d\d:\d\d:20: went out of view$/)
  t.match(endWords({ ...ended, endedBy: 'restart' }, now), /: the service was stopped$/)
  t.match(endWords({ ...ended, endedBy: null }, now), /^\d\d:\d\d:20$/)
})

t.test('how it was seen best, and why so hard', async t => {
  t.match(bestWords(lasting, Date.parse(lasting.best.at)), /^87 % at \d\d:\d\d:01$/)
  t.equal(lookWords(lasting), 'scout, confident')
  t.equal(pictureWords(lasting), 'person at porch, path')
  t.equal(pictureWords(eventFixture({ enteredZones: [] })), 'person at porch')
})

t.test('whether it has moved', async t => {
  t.equal(moveWords(lasting), '')
  t.equal(moveWords(eventFixture({ stationary: true, moves: 1 })), 'stands still, moved once')
  t.equal(moveWords({ ...ended, stationary: true, moves: 3 }), 'moved 3 times')
})
