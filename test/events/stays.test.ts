import t from 'tap'
import type { TrackedDetection } from '../../src/events/result.js'
import { createStays } from '../../src/events/stays.js'
import { exitFixture } from '../fixtures/exit.js'
import { seenFrame, tracked } from '../fixtures/observed.js'

/** Follows frames 100 ms apart. */
function start(mayRename: (a: string, b: string) => boolean = () => true) {
  const stays = createStays()
  let atMs = 0
  return {
    ...stays,
    frame(detections: readonly TrackedDetection[], changes = {}) {
      atMs += 100
      return stays.follow(seenFrame(atMs, detections, changes), { stationaryMs: 10_000, mayRename })
    },
    /** Everybody, in order of arrival: track and middle, in brackets if out of view. */
    who: () =>
      [...stays.all].map(stay => {
        const { trackId, box, label } = stay.detection
        const name = `${label} ${trackId} at ${(box.x + 0.05).toFixed(2)}`
        return stays.isHere(stay) ? name : `(${name})`
      }),
  }
}

t.test('tracks are followed by their numbers', async t => {
  const { frame, who } = start()
  frame([tracked(0.2), tracked(0.7, { trackId: 2 })])
  frame([tracked(0.75, { trackId: 2 }), tracked(0.22)])
  t.same(who(), ['person 1 at 0.22', 'person 2 at 0.75'])
  frame([tracked(0.24)])
  t.same(who(), ['person 1 at 0.24', '(person 2 at 0.75)'])
})

t.test('a track that jumps is who it was, if nobody else can be it', async t => {
  const { frame, who } = start()
  frame([tracked(0.1)])
  frame([tracked(0.9)])
  t.same(who(), ['person 1 at 0.90'])
})

t.test('another model that numbers its tracks from 1 again does not confuse anybody', async t => {
  const { frame, who } = start()
  frame([1, 2, 3, 4].map(trackId => tracked(trackId * 0.2, { trackId })))
  frame([4, 3, 2, 1].map((place, i) => tracked(place * 0.2 + 0.01, { trackId: i + 1 })))
  t.same(who(), ['person 4 at 0.21', 'person 3 at 0.41', 'person 2 at 0.61', 'person 1 at 0.81'])
  frame([4, 3, 2, 1].map((place, i) => tracked(place * 0.2 + 0.02, { trackId: i + 1 })))
  t.same(who(), ['person 4 at 0.22', 'person 3 at 0.42', 'person 2 at 0.62', 'person 1 at 0.82'])
})

t.test(
  'a number that is given to somebody else leaves the missing one to be found by place',
  async t => {
    const { frame, who } = start()
    frame([tracked(0.2), tracked(0.8, { trackId: 2, label: 'car' })])
    frame([tracked(0.8, { trackId: 1, label: 'car' })])
    t.same(who(), ['(person 1 at 0.20)', 'car 1 at 0.80'])
    frame([tracked(0.2, { trackId: 7 }), tracked(0.8, { trackId: 1, label: 'car' })])
    t.same(who(), ['person 7 at 0.20', 'car 1 at 0.80'])
  },
)

t.test(
  'a track whose name flips stays one thing while it goes, if both names make events',
  async t => {
    const names = ['car', 'truck', 'truck', 'car', 'truck', 'car']
    const { frame, who } = start()
    for (const [i, label] of names.entries()) frame([tracked(0.2 + i * 0.03, { label })])
    t.same(who(), ['car 1 at 0.35'])
    const strict = start(() => false)
    for (const [i, label] of names.entries()) strict.frame([tracked(0.2 + i * 0.03, { label })])
    t.equal(strict.who().length, 2)
  },
)

t.test(
  'a thing that is seen under two names at once is one, until it turns out to be two',
  async t => {
    const { frame, who, all } = start()
    const truck = (x: number) => tracked(x, { label: 'truck', trackId: 2 })
    frame([tracked(0.5, { label: 'car' }), truck(0.505)])
    t.same(who(), ['car 1 at 0.50'])
    for (let i = 0; i < 5; i++) frame([tracked(0.5, { label: 'car', score: 0.3 }), truck(0.505)])
    t.equal([...all][0]!.label, 'truck', 'the other name has its votes')
    frame([truck(0.505)])
    t.same(who(), ['truck 2 at 0.51'], 'and goes on under it')
    frame([truck(0.505), tracked(0.7, { label: 'car' })])
    t.same(who(), ['truck 2 at 0.51', 'car 1 at 0.70'])
  },
)

t.test('a double that is not looked at has no vote', async t => {
  const { frame, all } = start()
  const gate = { exit: exitFixture({ stage: 'gate', reason: 'unchanged' }) }
  const both = [tracked(0.5, { score: 0.3 }), tracked(0.5, { label: 'dog', trackId: 2 })]
  frame(both)
  for (let i = 0; i < 50; i++) frame(both, gate)
  t.equal([...all][0]!.label, 'person')
})

t.test(
  'no more than 200 are followed: who is out of view makes room, else nobody is let in',
  async t => {
    const { frame, all, crowdedOut, who } = start(() => false)
    const crowd = Array.from({ length: 250 }, (_, i) => {
      const box = { x: (i % 20) / 20, y: Math.floor(i / 20) / 20, width: 0.02, height: 0.02 }
      return tracked(0, { trackId: i, box })
    })
    t.same(frame(crowd), [])
    t.equal(all.size, 200)
    t.equal(crowdedOut(), 50)
    frame(crowd.slice(1, 200))
    frame(crowd.slice(2, 200))
    const [longest] = all
    t.same(frame(crowd.slice(2, 201)), [longest])
    t.equal(all.size, 200)
    t.equal(crowdedOut(), 51)
    t.equal(who().at(-1), 'person 200 at 0.05')
  },
)
