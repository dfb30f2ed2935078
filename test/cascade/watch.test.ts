import t from 'tap'
import type { Detection } from '../../src/cascade/detection.js'
import { FULL_EFFORT } from '../../src/cascade/effort.js'
import { type Policy, policySchema } from '../../src/cascade/policy.js'
import { createWatcher } from '../../src/cascade/watch.js'
import { car, seen as detected, person } from '../fixtures/detection.js'
import { modelFixture } from '../fixtures/model.js'
import { openPaper, type PaperPicture } from '../fixtures/opened.js'
import { litBy, wall, withThing } from '../fixtures/thumbnail.js'

const room = wall()

/** A camera in front of the room; both models call less than 0.2 absent, and 0.5 certain. */
function start(policy: Partial<Policy> = {}) {
  const watch = createWatcher({
    scout: modelFixture({ name: 'scout' }),
    policy: policySchema.parse(policy),
  })
  let opened = 0
  /** The frame at this time, and who was asked about it. */
  async function at(atMs: number, picture: Partial<PaperPicture> = {}, effort = FULL_EFFORT) {
    const paper = openPaper({ luma: room, ...picture })
    const open = async () => {
      opened++
      return paper.opened
    }
    const look = await watch({ capturedAt: atMs, effort, open })
    return { ...look, why: `${look.exit.stage}: ${look.exit.reason}`, asked: paper.asked }
  }
  type Seen = Awaited<ReturnType<typeof at>>
  /** Frames from one time to another, exclusive, ten a second; `show` says what is in them. */
  async function film(
    fromMs: number,
    toMs: number,
    show: (atMs: number) => Partial<PaperPicture>,
    { effort = FULL_EFFORT, everyMs = 100 } = {},
  ) {
    const seen: Seen[] = []
    for (let ms = fromMs; ms < toMs; ms += everyMs) seen.push(await at(ms, show(ms), effort))
    return seen
  }
  return { at, film, opened: () => opened }
}

/** How often each way of ending came. */
function count(seen: readonly { why: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { why } of seen) counts[why] = (counts[why] ?? 0) + 1
  return counts
}

const saysExpert = ({ why }: { why: string }) => why.startsWith('expert')
const labelsOf = ({ detections }: { detections: readonly Detection[] }) =>
  detections.map(({ label }) => label)

/** Somebody walks to and fro on the left, three tenths of the picture in three seconds. */
function walker(atMs: number): Detection {
  const way = Math.abs(((atMs / 3000 + 1) % 2) - 1)
  return person(0.05 + 0.3 * way)
}
const somebody = (who: Detection, luma = room) => withThing(luma, who.box)

t.test(
  'the first frame is for the expert; while nothing moves, the gate tells what it saw',
  async t => {
    const { at, film } = start()
    const first = await at(0, { expert: [car(0.65)] })
    t.match(first, {
      why: 'expert: refresh',
      asked: ['gate', 'expert'],
      exit: { motion: 1, escalated: false, grounds: { sinceLookMs: null, sinceExpertMs: null } },
      detections: [{ label: 'car', trackId: 1 }],
      width: 640,
      height: 384,
      startedAt: 1,
      timingsMs: { decode: 1 },
    })
    const quiet = await film(100, 10_000, () => ({}))
    t.same(count(quiet), { 'gate: unchanged': 99 })
    for (const { detections, asked, exit } of quiet) {
      t.match(
        { detections, asked },
        { detections: [{ label: 'car', trackId: 1 }], asked: ['gate'] },
      )
      t.match(exit, { motion: 0, complexity: 0, grounds: { doubt: null } })
    }
    t.match(quiet[20]!.exit.grounds, { sinceLookMs: 2100, sinceExpertMs: 2100 })
    t.equal((await at(10_000, {})).why, 'expert: refresh')
  },
)

t.test('a full look is never later than refreshSeconds, whatever moves', async t => {
  const { film } = start({ refreshSeconds: 3 })
  const seen = await film(0, 20_000, ms => {
    const who = walker(ms)
    return { luma: somebody(who), scout: [who], expert: [who] }
  })
  const looks = seen.flatMap((frame, i) => (saysExpert(frame) ? [i * 100] : []))
  for (const [i, atMs] of looks.slice(1).entries()) t.ok(atMs - looks[i]! <= 3000, `${atMs} ms`)
  t.ok(looks.length >= 7)
})

t.test('while all that moves is known, the scout follows it now and then', async t => {
  const { film } = start()
  await film(0, 3000, () => ({}))
  const seen = await film(3000, 12_900, ms => {
    const who = walker(ms)
    return { luma: somebody(who), scout: [who], expert: [who] }
  })
  const { 'scout: confident': looks } = count(seen)
  t.equal(seen.filter(saysExpert).length, 1)
  t.ok(looks! >= 20 && looks! <= 28, `${looks} looks`)
  for (const [i, { detections }] of seen.entries()) {
    t.match(detections, [{ label: 'person', trackId: 1 }])
    const off = Math.abs(detections[0]!.box.x - walker(3000 + i * 100).box.x)
    t.ok(off < 0.09, `off by ${off} after ${i * 100} ms`)
  }
})

t.test(
  'a parked car that the expert has settled is not asked about again until something there changes',
  async t => {
    const { film } = start()
    const parked = withThing(room, car(0.65).box, 5)
    const seen = await film(0, 9000, ms => {
      const who = walker(ms)
      const scout = [who, car(0.65, 0.3)]
      return { luma: somebody(who, parked), scout, expert: [who, car(0.65)] }
    })
    t.equal(seen.filter(saysExpert).length, 1, 'the first look was enough')
    t.ok(seen.every(frame => labelsOf(frame).includes('car')))
    t.match(
      seen.find(({ why }) => why === 'scout: known'),
      { exit: { grounds: { candidates: 2, known: 2, ambiguous: 0 } } },
    )
    const gone = await film(9000, 9900, ms => {
      const who = walker(ms)
      return { luma: somebody(who), scout: [who], expert: [who] }
    })
    const asked = gone.find(saysExpert)
    t.match(asked, { why: 'expert: lost', exit: { escalated: true, grounds: { lost: 1 } } })
    t.same(labelsOf(gone.at(-1)!), ['person'])
  },
)

for (const everyMs of [33, 50, 100]) {
  t.test(
    `a person on the wall that the expert refuted stays refuted, in another light too (a frame every ${everyMs} ms)`,
    async t => {
      const { at, film } = start()
      const poster = person(0.75, 0.45)
      const papered = withThing(room, poster.box, 5)
      await at(0, { luma: papered })
      const seen = await film(
        everyMs,
        9900,
        ms => {
          const who = walker(ms)
          const luma = litBy(somebody(who, papered), 1 - ms / 30_000)
          return { luma, scout: [who, poster], expert: [who] }
        },
        { everyMs },
      )
      const asked = seen.filter(saysExpert).map(({ why }) => why)
      t.same(asked, ['expert: ambiguous'])
      t.ok(seen.slice(Math.ceil(500 / everyMs)).every(({ detections }) => detections.length === 1))
      t.match(
        seen.findLast(({ why }) => why.startsWith('scout')),
        {
          why: 'scout: known',
          candidates: [{ meaning: 'certain' }, { meaning: 'refuted' }],
        },
      )
    },
  )
}

t.test(
  'an object keeps its identity through exits at the gate, a missed look and a short absence',
  async t => {
    const { film } = start()
    const seen = await film(0, 9900, ms => {
      const who = walker(ms)
      const away = ms >= 5000 && ms < 6500
      const scout = away || ms === 2000 ? [] : [who]
      return { luma: away ? room : somebody(who), scout, expert: away ? [] : [who] }
    })
    t.ok(seen.slice(0, 50).every(frame => frame.detections[0]?.trackId === 1))
    t.ok(
      seen.slice(55, 65).some(({ detections }) => detections.length === 0),
      'gone for a while',
    )
    t.ok(seen.slice(72).every(frame => frame.detections[0]?.trackId === 1))
  },
)

t.test('who is gone from one frame to the next is not told for long', async t => {
  const { at, film } = start()
  await film(0, 3000, () => ({}))
  for (const ms of [3000, 3100]) {
    const who = walker(ms)
    const look = await at(ms, { luma: somebody(who), scout: [who], expert: [who] })
    t.same(labelsOf(look), ['person'])
  }
  // the room is empty again before the gate has learned who was in it
  const after = await film(3200, 4000, () => ({}))
  t.ok(after.every(({ exit }) => exit.motion === 0))
  t.same(count(after), { 'gate: unchanged': 7, 'expert: lost': 1 })
  t.same(after.at(-1)!.detections, [])
})

t.test('somebody new is shown to the expert once', async t => {
  const { film } = start()
  await film(0, 2000, () => ({}))
  const seen = await film(2000, 5000, ms => {
    const who = walker(ms)
    return { luma: somebody(who), scout: [who], expert: [who] }
  })
  t.match(seen[0], {
    why: 'expert: new',
    exit: { grounds: { new: 1 } },
    detections: [{ trackId: 1 }],
  })
  t.equal(seen.filter(saysExpert).length, 1)
})

t.test(
  'what the expert saw once and barely is asked about again, even if nothing moves',
  async t => {
    const { at } = start()
    await at(0, { expert: [person(0.1, 0.55)] })
    t.equal((await at(300, { expert: [person(0.1, 0.55)] })).why, 'gate: unchanged')
    t.equal((await at(400, { expert: [person(0.1, 0.55)] })).why, 'expert: new')
    t.equal((await at(800, {})).why, 'gate: unchanged', 'twice is enough')
    const { at: again } = start()
    await again(0, { expert: [person(0.1, 0.55)] })
    t.match(await again(400), { why: 'expert: new', detections: [] }, 'once it was nothing')
  },
)

t.test(
  'something large that moves and that the scout does not know is shown to the expert',
  async t => {
    const { film } = start()
    const seen = await film(0, 6000, ms => {
      const who = walker(ms)
      // it comes after three seconds; the expert does not know it either until it turns round
      return ms < 3000 ? {} : { luma: somebody(who), expert: ms < 4000 ? [] : [who] }
    })
    const whys = seen.slice(30).map(({ why }) => why)
    t.match(whys[0], 'scout: empty', 'what is fresh is for the scout at once')
    t.equal(whys[1], 'gate: unrecognised')
    const asked = seen.flatMap((frame, i) =>
      frame.why === 'expert: unrecognised' ? [i * 100] : [],
    )
    t.ok(asked.length >= 2, `${asked}`)
    t.ok(asked[0]! >= 3300 && asked[0]! <= 3900, `${asked}`)
    for (const [i, atMs] of asked.slice(1).entries()) t.ok(atMs - asked[i]! >= 800, `${asked}`)
    t.same(labelsOf(seen.at(-1)!), ['person'])
  },
)

t.test('what moves and is not recognised is looked at every retryMs', async t => {
  for (const retryMs of [200, 1000]) {
    const { film } = start({ retryMs, strangerMs: 60_000 })
    await film(0, 3000, () => ({}))
    const seen = await film(3000, 9000, ms => ({ luma: somebody(walker(ms)) }))
    const looks = seen.flatMap(({ why }, i) => (why === 'scout: empty' ? [i * 100] : []))
    t.equal(looks[0], 0, 'at once')
    const gaps = looks.slice(1).map((atMs, i) => atMs - looks[i]!)
    t.same(new Set(gaps), new Set([retryMs]))
    t.equal(looks.length, 6000 / retryMs)
  }
})

t.test('a leaf that flutters is looked at now and then, and never shown to the expert', async t => {
  const { film } = start()
  const leaf = { x: 0.41, y: 0.42, width: 0.03, height: 0.05 }
  const seen = await film(0, 9900, ms => ({
    luma: ms % 200 === 0 ? withThing(room, leaf, 2) : room,
  }))
  const { 'scout: empty': looks = 0, 'gate: unrecognised': waits = 0 } = count(seen)
  t.ok(looks > 0 && waits >= looks, `${looks} looks, ${waits} waits`)
  t.equal(seen.filter(saysExpert).length, 1)
})

t.test(
  'the expert is not asked more often than expertMs, and the open question is asked as soon as it may be, even if nothing moves any more',
  async t => {
    const { at, film } = start({ expertMs: 1500 })
    await film(0, 3000, () => ({}))
    const first = { luma: somebody(person(0.1)), scout: [person(0.1)], expert: [person(0.1)] }
    t.equal((await at(3000, first)).why, 'expert: new')
    const second = detected('person', person(0.6).box, 0.4)
    const both = {
      luma: somebody(second, first.luma),
      scout: [person(0.1), second],
      expert: [person(0.1), person(0.6)],
    }
    t.match(await at(3100, both), { why: 'scout: deferred', exit: { grounds: { ambiguous: 1 } } })
    const waiting = await film(3200, 4500, () => both)
    t.notOk(waiting.some(saysExpert))
    t.equal(waiting.at(-1)!.why, 'gate: unchanged', 'both stand and have become background')
    t.match(await at(4500, both), {
      why: 'expert: ambiguous',
      asked: ['gate', 'expert'],
      detections: { length: 2 },
    })
  },
)

t.test('an open question that the expert answers with no is not asked again', async t => {
  const { at, film } = start({ expertMs: 1500 })
  await film(0, 3000, () => ({}))
  const first = { luma: somebody(person(0.1)), scout: [person(0.1)], expert: [person(0.1)] }
  await at(3000, first)
  const poster = person(0.4, 0.4)
  const papered = {
    luma: withThing(first.luma, poster.box, 5),
    scout: [person(0.1), poster],
    expert: [person(0.1)],
  }
  t.equal((await at(3100, papered)).why, 'scout: deferred')
  await film(3200, 6000, () => papered)
  // when something else moves, the scout sees the poster again
  const third = person(0.7)
  t.match(
    await at(6000, {
      luma: somebody(third, papered.luma),
      scout: [...papered.scout, third],
      expert: [person(0.1), third],
    }),
    { why: 'expert: new', candidates: [{}, { meaning: 'refuted' }, { meaning: 'new' }] },
  )
})

t.test(
  'another scene is shown to the expert, but not with every frame of a camera that turns',
  async t => {
    const { at, film } = start()
    /** Another place with every frame. */
    const elsewhere = (ms: number) =>
      withThing(room, { x: 0, y: 0, width: 1, height: 1 }, 3 + ((ms / 100) % 5))
    const parked = withThing(room, car(0.65).box, 5)
    await at(0, { luma: parked, expert: [car(0.65)] })
    await film(100, 2000, () => ({ luma: parked }))
    t.match(await at(2000, { luma: elsewhere(0), expert: [] }), {
      why: 'expert: cut',
      detections: [],
    })
    const turning = await film(2100, 5000, ms => ({ luma: elsewhere(ms) }))
    const looks = turning.filter(saysExpert).length
    t.ok(looks >= 2 && looks <= 3, `${looks} full looks in three seconds`)
  },
)

t.test('what is too small for the scout, or too complex, is for the expert', async t => {
  const far = detected('person', { x: 0.4, y: 0.4, width: 0.03, height: 0.06 })
  const { at } = start()
  await at(0)
  const small = { luma: withThing(room, { ...far.box, width: 0.06 }), scout: [far], expert: [far] }
  t.match(await at(1000, small), { why: 'expert: small', candidates: [{ meaning: 'small' }] })
  const { at: crowded } = start({ complexityLimit: 0.1 })
  await crowded(0)
  t.equal((await crowded(1000, { luma: somebody(person(0.1)) })).why, 'expert: complex')
})

t.test('a frame that comes before the budget allows a look is not even opened', async t => {
  const { film, opened } = start()
  const effort = { ...FULL_EFFORT, lookEveryMs: 500 }
  const seen = await film(
    0,
    10_000,
    ms => {
      const who = walker(ms)
      return { luma: somebody(who), scout: [who], expert: [who] }
    },
    { effort },
  )
  t.equal(opened(), seen.filter(({ asked }) => asked.length > 0).length)
  const { 'gate: paced': paced } = count(seen)
  t.ok(paced! >= 70 && paced! <= 81, `${paced} of 100`)
  const one = seen.find(({ why }) => why === 'gate: paced')
  t.match(one, { asked: [], width: 640, exit: { motion: 0 }, timingsMs: { decode: 0, gate: 0 } })
  t.ok(one!.startedAt > 0)
  t.ok(
    seen.every(({ detections }) => detections[0]?.trackId === 1),
    'what is known is still told',
  )
})

t.test('a budget spaces questions, but not full looks', async t => {
  const { film } = start({ refreshSeconds: 5 })
  const effort = { ...FULL_EFFORT, expertEveryMs: 3000 }
  let x = 0
  // somebody else appears in every frame
  const seen = await film(
    0,
    15_000,
    () => {
      x = (x + 0.37) % 0.8
      return { luma: somebody(person(x)), scout: [person(x)], expert: [person(x)] }
    },
    { effort },
  )
  const { 'scout: deferred': deferred = 0 } = count(seen)
  t.ok(deferred > 20, `${deferred} deferred`)
  const looks = seen.flatMap((frame, i) => (saysExpert(frame) ? [{ atMs: i * 100, ...frame }] : []))
  t.ok(looks.length >= 4, `${looks.length} looks by the expert`)
  for (const [i, { atMs, why }] of looks.slice(1).entries()) {
    const gap = atMs - looks[i]!.atMs
    t.ok(gap <= 5000, `${gap} ms`)
    if (why !== 'expert: refresh' && looks[i]!.why !== 'expert: refresh')
      t.ok(gap >= 2900, `${gap} ms`)
  }
})

t.test('under a tight budget what the scout is certain of is taken at its word', async t => {
  const { at } = start()
  for (let ms = 0; ms < 3000; ms += 100) await at(ms)
  const somebodyNew = { luma: somebody(person(0.1)), scout: [person(0.1)], expert: [person(0.1)] }
  const effort = { ...FULL_EFFORT, doubt: 0.7 }
  t.match(await at(3000, somebodyNew, effort), {
    why: 'scout: confident',
    candidates: [{ meaning: 'new' }],
    detections: [{ label: 'person' }],
  })
})
