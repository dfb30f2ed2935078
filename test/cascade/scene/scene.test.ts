import t from 'tap'
import type { Detection } from '../../../src/cascade/detection.js'
import { createScene, type Weighing } from '../../../src/cascade/scene/scene.js'
import { car, person, seen } from '../../fixtures/detection.js'
import { litBy, wall, withThing } from '../../fixtures/thumbnail.js'

const CERTAIN = 0.5
const empty = wall()
/** The wall with somebody in front of it, where `person` says. */
const somebody = (x: number) => withThing(empty, person(x).box)
const parked = withThing(empty, car(0.5).box, 5)

/** A scene, and both networks that look at it; the expert reports from 0.5 up. */
function start() {
  const scene = createScene()
  const isCertain = ({ score }: Detection) => score >= CERTAIN

  function weigh(atMs: number, candidates: Detection[], luma = empty) {
    scene.advance(atMs, false)
    return scene.weigh(candidates, isCertain, luma, atMs)
  }
  const meaningsOf = ({ candidates }: Weighing) => candidates.map(({ meaning }) => meaning)

  return {
    scene,
    weigh,
    /** The scout looks, and its word is final. Returns what its candidates meant, and labels of what is lost. */
    scout(atMs: number, candidates: Detection[], luma = empty) {
      const weighing = weigh(atMs, candidates, luma)
      scene.trustScout(weighing, luma, atMs)
      return { means: meaningsOf(weighing), lost: weighing.lost.map(({ label }) => label) }
    },
    /** The expert looks, at once or because the scout has asked. */
    expert(atMs: number, seen: Detection[], luma = empty, asked?: Detection[]) {
      const weighing = asked === undefined ? undefined : weigh(atMs, asked, luma)
      if (asked === undefined) scene.advance(atMs, false)
      scene.trustExpert(seen, () => CERTAIN, weighing, luma, atMs)
      return weighing === undefined ? [] : meaningsOf(weighing)
    },
    labels: () => scene.shown().map(({ label }) => label),
    ids: () => scene.shown().map(({ trackId }) => trackId),
  }
}

t.test('what the scout surely sees is new once, and known from then on', async t => {
  const { scout, ids, scene } = start()
  t.same(scout(0, [person(0.1)]), { means: ['new'], lost: [] })
  t.same(scout(100, [person(0.12), person(0.6)]), { means: ['known', 'new'], lost: [] })
  t.same(ids(), [1, 2])
  t.equal(scene.explaining().length, 2)
})

t.test('what the scout sees barely is a question, and is not there', async t => {
  const { scout, labels } = start()
  t.same(scout(0, [person(0.1, 0.3)]), { means: ['ambiguous'], lost: [] })
  t.same(labels(), [])
})

t.test('what the expert has settled stays known however barely the scout sees it', async t => {
  const { expert, scout, ids, scene } = start()
  expert(0, [car(0.5, 0.8)], parked)
  for (let atMs = 100; atMs < 9000; atMs += 100) {
    t.same(scout(atMs, [car(0.5, 0.25)], parked).means, ['known'])
  }
  t.same(ids(), [1])
  t.equal(scene.shown()[0]!.score, 0.8, 'as the expert said')
})

t.test(
  'a parked car that the scout does not see at all stays while its place looks the same',
  async t => {
    const { expert, scout, labels } = start()
    expert(0, [car(0.5)], parked)
    for (let atMs = 100; atMs < 9000; atMs += 100) {
      const light = litBy(parked, 1 + 0.3 * Math.sin(atMs / 1000))
      t.same(scout(atMs, [], light).lost, [])
    }
    t.same(labels(), ['car'])
    t.same(scout(9100, [], empty).lost, ['car'], 'until something there changes')
  },
)

t.test('a place that was altered is told, until a network has seen it', async t => {
  const { expert, scene } = start()
  t.notOk(scene.altered(empty))
  expert(0, [car(0.5)], parked)
  t.notOk(scene.altered(litBy(parked, 0.7)))
  t.ok(scene.altered(empty))
  expert(400, [], empty)
  t.notOk(scene.altered(empty), 'what is not there any more has no place')
})

t.test(
  'a person on the wall that the expert refuted stays refuted, in another light too',
  async t => {
    const { expert, scout, labels } = start()
    const poster = somebody(0.3)
    t.same(expert(0, [], poster, [person(0.3, 0.6)]), ['new'])
    t.same(labels(), [])
    for (let atMs = 100; atMs < 20_000; atMs += 100) {
      const score = 0.6 + 0.1 * Math.sin(atMs)
      const light = litBy(poster, 1 - atMs / 40_000)
      t.same(scout(atMs, [person(0.3, score)], light).means, ['refuted'])
    }
    t.same(labels(), [])
  },
)

t.test('what was refuted is a question again once it scores much better', async t => {
  const { weigh, expert } = start()
  const poster = somebody(0.3)
  expert(0, [], poster, [person(0.3, 0.3)])
  const again = (score: number) => weigh(100, [person(0.3, score)], poster).candidates[0]!.meaning
  t.equal(again(0.44), 'refuted')
  t.equal(again(0.46), 'ambiguous')
  t.equal(again(0.8), 'new')
})

t.test('what was refuted is a question again once its place looks different', async t => {
  const { weigh, expert } = start()
  expert(0, [], somebody(0.3), [person(0.3, 0.6)])
  const inFront = withThing(empty, person(0.3).box, 7)
  const again = (atMs: number, luma: Uint8Array) =>
    weigh(atMs, [person(0.3, 0.6)], luma).candidates[0]!.meaning
  t.equal(again(2900, inFront), 'refuted', 'a moment ago the expert has seen this very thing')
  t.equal(again(3100, somebody(0.3)), 'refuted')
  t.equal(again(3100, inFront), 'new')
})

t.test(
  'what was refuted and is confirmed later is there, and sure only when seen twice',
  async t => {
    const { expert, ids, scene } = start()
    expert(0, [], somebody(0.3), [person(0.3, 0.6)])
    expert(1000, [person(0.3, 0.55)], somebody(0.3))
    t.same(ids(), [1])
    t.ok(scene.unsure())
  },
)

t.test('an object keeps its identity through a missed look and a short absence', async t => {
  const { scout, ids } = start()
  scout(0, [person(0.1)], somebody(0.1))
  t.same(scout(100, [], empty).lost, ['person'])
  t.same(ids(), [1], 'one look may miss it')
  scout(200, [], empty)
  t.same(ids(), [], 'two may not')
  t.same(scout(2900, [person(0.12)], somebody(0.12)).means, ['new'])
  t.same(ids(), [1])
})

t.test('an object that comes back after long is another one', async t => {
  const { scout, ids } = start()
  scout(0, [person(0.1)], somebody(0.1))
  t.same(ids(), [1])
  for (const atMs of [100, 200, 1700]) scout(atMs, [], empty)
  t.same(scout(3100, [person(0.1)], somebody(0.1)).means, ['new'])
  t.same(ids(), [2])
})

t.test("the scout's word alone does not end at once what the expert has seen", async t => {
  const { expert, scout, labels } = start()
  expert(0, [person(0.1)], somebody(0.1))
  for (let atMs = 100; atMs <= 1000; atMs += 100) {
    t.same(scout(atMs, [], empty).lost, ['person'])
    t.same(labels(), ['person'])
  }
  scout(1100, [], empty)
  t.same(labels(), [])
})

t.test('a hidden object that the scout sees barely is a question, not there', async t => {
  const { scout, labels } = start()
  scout(0, [person(0.1)], somebody(0.1))
  for (const atMs of [100, 200]) scout(atMs, [], empty)
  t.same(scout(300, [person(0.1, 0.3)], somebody(0.1)).means, ['ambiguous'])
  t.same(labels(), [])
})

t.test('the expert goes on seeing what it saw before down to a lower score', async t => {
  const { expert, scene, labels } = start()
  expert(0, [person(0.1, 0.4)], somebody(0.1))
  t.same(labels(), [], 'as new it is not enough')
  expert(100, [person(0.1, 0.7)], somebody(0.1))
  expert(200, [person(0.1, 0.36)], somebody(0.1))
  t.match(scene.shown(), [{ label: 'person', score: 0.36 }])
  expert(300, [person(0.1, 0.34)], empty)
  t.same(labels(), [])
})

t.test('what the expert saw once and barely is unsure until it has seen it twice', async t => {
  const { expert, scene } = start()
  expert(0, [person(0.1, 0.6)])
  t.ok(scene.unsure())
  expert(400, [person(0.1, 0.6)])
  t.notOk(scene.unsure())
  expert(800, [person(0.1, 0.6), person(0.6, 0.66)])
  t.notOk(scene.unsure(), 'what is far above the threshold need not be seen twice')
})

t.test('what the expert saw once, barely, and then not any more was nothing', async t => {
  const { expert, scene, labels } = start()
  expert(0, [person(0.1, 0.6)])
  expert(400, [])
  t.same(labels(), [])
  t.notOk(scene.unsure())
})

t.test('an expert that blinks does not end what still looks the same', async t => {
  const { expert, labels } = start()
  expert(0, [car(0.5)], parked)
  for (const atMs of [1000, 2000]) {
    expert(atMs, [], parked)
    t.same(labels(), ['car'])
  }
  expert(3000, [], parked)
  t.same(labels(), [], 'three times in a row it has not blinked')
  const again = start()
  again.expert(0, [car(0.5)], parked)
  again.expert(1000, [], empty)
  t.same(again.labels(), [], 'nor where the place has changed')
})

t.test('a blink is not held against what the scout goes on seeing', async t => {
  const { expert, labels, scout } = start()
  expert(0, [car(0.5)], parked)
  t.same(expert(400, [], parked, [car(0.5, 0.4)]), ['known'])
  t.same(labels(), ['car'])
  t.same(scout(800, [car(0.5, 0.4)], parked).means, ['known'])
})

t.test('what only the scout had seen ends, refuted, when the expert does not see it', async t => {
  const { expert, labels, scout } = start()
  scout(0, [person(0.1)], somebody(0.1))
  t.same(labels(), ['person'])
  expert(100, [], somebody(0.1), [person(0.1)])
  t.same(labels(), [])
  t.same(scout(200, [person(0.1)], somebody(0.1)).means, ['refuted'])
})

t.test('the same thing by another name is the same thing', async t => {
  const { expert, scout, scene } = start()
  const truck = seen('bicycle', car(0.5).box, 0.6)
  t.same(expert(0, [car(0.5)], parked, [truck]), ['new'])
  t.same(scout(100, [truck], parked), { means: ['known'], lost: [] })
  t.match(scene.shown(), [{ label: 'car', trackId: 1 }])
  t.equal(scene.shown().length, 1)
})

t.test('another thing in the same place is another thing, whichever scores better', async t => {
  for (const score of [0.6, 0.95]) {
    const { expert, scout, labels } = start()
    const rider = seen('person', car(0.5).box, score)
    expert(0, [car(0.5)], parked)
    t.same(
      scout(
        100,
        [rider, car(0.5)].sort((a, b) => b.score - a.score),
        parked,
      ).means.sort(),
      ['known', 'new'],
    )
    t.same(labels().sort(), ['car', 'person'])
  }
})

t.test('a second name for one thing is asked about once', async t => {
  const { expert, scout, labels } = start()
  const truck = seen('bicycle', car(0.5).box, 0.4)
  t.same(expert(0, [car(0.5)], parked, [car(0.5), truck]), ['new', 'ambiguous'])
  t.same(scout(400, [car(0.5), truck], parked).means, ['known', 'refuted'])
  t.same(scout(800, [truck], parked), { means: ['known'], lost: [] }, 'alone it is the car again')
  t.same(labels(), ['car'])
})

t.test('a second box for one person is asked about once', async t => {
  const { expert, scout } = start()
  const legs = seen('person', { x: 0.1, y: 0.25, width: 0.2, height: 0.45 }, 0.4)
  t.same(expert(0, [person(0.1)], empty, [person(0.1), legs]), ['new', 'ambiguous'])
  t.same(scout(400, [person(0.1), legs]).means, ['known', 'refuted'])
})

t.test(
  'something that moves is shown where it will be for a moment, and runs no further',
  async t => {
    const { expert, scene } = start()
    for (let i = 0; i <= 10; i++) expert(i * 100, [person(0.1 + 0.02 * i)])
    const x = () => scene.shown()[0]!.box.x
    scene.advance(1500, false)
    t.ok(Math.abs(x() - 0.4) < 0.02, `${x()}`)
    for (let atMs = 1600; atMs <= 6000; atMs += 100) scene.advance(atMs, false)
    t.ok(x() < 0.55, `${x()}`)
  },
)

t.test('while nothing moves, everything stays where it is and what it is', async t => {
  const { expert, scene, scout, ids } = start()
  for (let i = 0; i <= 10; i++) expert(i * 100, [person(0.1 + 0.02 * i)])
  scene.advance(1100, true)
  const [before] = scene.shown()
  for (let atMs = 1200; atMs <= 60_000; atMs += 100) scene.advance(atMs, true)
  t.same(scene.shown(), [before])
  scout(60_100, [person(0.3)])
  t.same(ids(), [1])
})

t.test('what is lost is forgotten, while nothing moves as well', async t => {
  const { scene, scout, ids } = start()
  scout(0, [person(0.1)], somebody(0.1))
  t.same(ids(), [1])
  for (const atMs of [100, 200]) scout(atMs, [], empty)
  for (let atMs = 300; atMs <= 4000; atMs += 100) scene.advance(atMs, true)
  scout(4100, [person(0.1)], somebody(0.1))
  t.same(ids(), [2])
})

t.test('who leaves the picture is gone, and not lost', async t => {
  const { expert, weigh, scene } = start()
  for (let i = 0; i <= 10; i++) expert(i * 100, [person(0.7 + 0.02 * i)])
  t.equal(scene.shown().length, 1)
  const { lost } = weigh(1600, [])
  t.same([lost, scene.shown()], [[], []])
})

t.test('what is there is told best first', async t => {
  const { expert, scene } = start()
  expert(0, [person(0.1, 0.7), car(0.6, 0.9)])
  t.match(scene.shown(), [
    { label: 'car', trackId: 2 },
    { label: 'person', trackId: 1 },
  ])
})

t.test('of more things than anybody looks at, those seen last are kept', async t => {
  const { scout, expert, scene } = start()
  const crowd = (count: number, y: number) =>
    Array.from({ length: count }, (_, i) =>
      seen('person', { x: i / 128, y, width: 0.007, height: 0.02 }),
    )
  scout(0, crowd(100, 0.1))
  scout(100, crowd(60, 0.5))
  t.equal(scene.shown().length, 128)
  // the expert sees the newer ones, in the order in which they are known no more, and some that are new
  const before = new Map(scene.shown().map(({ trackId, box }) => [trackId, box]))
  expert(200, [...crowd(60, 0.9), ...crowd(60, 0.5)])
  const there = scene.shown()
  t.equal(there.filter(({ box }) => box.y === 0.5).length, 60)
  t.equal(there.filter(({ box }) => box.y === 0.9).length, 60)
  for (const { trackId, box } of there) {
    if (before.has(trackId)) t.same(box, before.get(trackId), 'nobody took the place of another')
  }
})
