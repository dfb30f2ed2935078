import t from 'tap'
import { beginAnew, createStay, labelled, see } from '../../src/events/stay.js'
import { exitFixture } from '../fixtures/exit.js'
import { seenFrame, tracked, WALL } from '../fixtures/observed.js'

const STATIONARY_MS = 1000
const gate = { exit: exitFixture({ stage: 'gate', reason: 'followed' }) }

t.test('a stay begins with what is seen first', async t => {
  const frame = seenFrame(100, [])
  t.match(createStay(tracked(0.5, { zones: ['path'] }), frame, 7), {
    label: 'person',
    score: 0.8,
    enteredZones: ['path'],
    first: { atMs: 100, wallMs: WALL + 100 },
    round: 7,
    telling: undefined,
  })
})

t.test(
  'zones, another track, another name, rest and departure are worth telling; the rest is not',
  async t => {
    const stay = createStay(tracked(0.5), seenFrame(0, []), 1)
    let atMs = 0
    const tell = (changes = {}, x = 0.5, frame = {}) => {
      atMs += 100
      return see(stay, tracked(x, changes), seenFrame(atMs, [], frame), STATIONARY_MS)
    }
    t.notOk(tell({ score: 0.9 }))
    t.ok(tell({ zones: ['path'] }))
    t.notOk(tell({ zones: ['path'] }), 'another list of the same names')
    t.ok(tell({ zones: ['path', 'door'] }))
    t.ok(tell({ zones: ['door'] }))
    t.same(stay.enteredZones, ['path', 'door'])
    t.ok(tell({ zones: ['door'], trackId: 2 }))
    const same = { zones: ['door'], trackId: 2 }
    while (atMs < 900) t.notOk(tell(same))
    t.ok(tell(same), 'at rest')
    t.ok(stay.stationary)
    t.ok(tell(same, 0.8), 'gone from its place')
    t.match(stay, { stationary: false, moves: 1, score: 0.9 })
  },
)

t.test('what is not looked at has no vote', async t => {
  const stay = createStay(tracked(0.5, { score: 0.3 }), seenFrame(0, []), 1)
  const dog = tracked(0.5, { label: 'dog', score: 0.9 })
  for (let i = 1; i < 50; i++) t.notOk(see(stay, dog, seenFrame(i, [], gate), STATIONARY_MS))
  t.equal(stay.label, 'person')
  see(stay, dog, seenFrame(50, []), STATIONARY_MS)
  t.ok(see(stay, dog, seenFrame(51, []), STATIONARY_MS))
  t.equal(stay.label, 'dog')
})

t.test('a stay that begins anew forgets what was before', async t => {
  const stay = createStay(tracked(0.5, { zones: ['path'] }), seenFrame(0, []), 1)
  see(stay, tracked(0.5, { zones: ['door'], score: 0.4 }), seenFrame(100, []), STATIONARY_MS)
  beginAnew(stay, seenFrame(100, []))
  t.match(stay, { score: 0.4, enteredZones: ['door'], inViewMs: 0, first: { atMs: 100 } })
  t.equal(stay.enteredZones.length, 1)
})

t.test('times follow the clock, unless it is set: then the time that really passed', async t => {
  const stay = createStay(tracked(0.5), seenFrame(1000, []), 1)
  const at = (wallMs: number) => labelled(stay, { atMs: 61_000, wallMs }).wallMs - WALL
  t.equal(at(WALL + 61_003), 61_003)
  t.equal(at(WALL + 60_500), 60_500)
  t.equal(at(WALL - 3_600_000), 61_000, 'an hour back')
  t.equal(at(WALL + 1e12), 61_000, 'from 1970')
})
