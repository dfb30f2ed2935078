import t from 'tap'
import type { TrackedDetection } from '../../src/events/result.js'
import { createRandom } from '../../src/lib/random.js'
import { exitFixture } from '../fixtures/exit.js'
import { type EventsInput, observedCamera, seenFrame, tracked, WALL } from '../fixtures/observed.js'

const nobody = () => []
const iso = (atMs: number) => new Date(WALL + atMs).toISOString()

/** A person that stands, its box trembling by 3 % (uniform) of its size, and a wobble of 1.5 Hz as large. */
function trembler(seed: number) {
  const random = createRandom(seed)
  const off = () => 0.06 * (random() - 0.5)
  return (atMs: number): TrackedDetection => {
    const wobble = 0.03 * Math.sin((atMs / 1000) * 1.5 * 2 * Math.PI)
    const { x, y, width, height } = tracked(0.5).box
    const box = {
      x: x + width * (off() + wobble),
      y: y + height * (off() + wobble),
      width: width * (1 + off()),
      height: height * (1 + off()),
    }
    return tracked(0.5, { box, score: 0.8 + 0.1 * off() })
  }
}

t.test(
  'who comes and goes is one event, from when it was first seen until it was last',
  async t => {
    const { run, changes, last, broken, open } = observedCamera()
    run(0, 3000, () => [tracked(0.5)])
    t.equal(open().length, 1)
    run(3000, 8000, nobody)
    t.same(open(), [])
    t.same(
      changes.map(({ type }) => type),
      ['start', 'end'],
    )
    t.equal(changes[0]!.event.updatedAt, iso(500), 'after half a second in view')
    t.match(last(), {
      startedAt: iso(0),
      endedAt: iso(2900),
      endedBy: 'gone',
      updatedAt: iso(5000),
    })
    t.same(broken, [])
  },
)

t.test('a lasting event is told of every five seconds', async t => {
  const { run, changes } = observedCamera()
  run(0, 21_000, () => [tracked(0.5)])
  t.same(
    changes.map(({ event }) => event.updatedAt),
    [500, 5500, 10_000, 15_000, 20_000].map(iso),
    'and when it is stationary',
  )
})

t.test('a rule is fulfilled by a score once reached, time in view, and size', async t => {
  const at = (rule: object, detections: (atMs: number) => TrackedDetection[]) => {
    const { run, changes } = observedCamera({ labels: { person: rule } })
    run(0, 5000, detections)
    return changes[0]?.event.updatedAt
  }
  const always = () => [tracked(0.5)]
  const blinking = (atMs: number) => (atMs % 1000 < 500 ? always() : [])
  t.equal(at({ minSeconds: 0 }, always), iso(0))
  t.equal(at({ minSeconds: 2 }, always), iso(2000))
  t.equal(at({ minSeconds: 1 }, blinking), iso(2200), 'absence does not count')
  t.equal(at({ minScore: 0.9 }, always), undefined)
  const once = (atMs: number) => [tracked(0.5, { score: atMs === 1000 ? 0.95 : 0.5 })]
  t.equal(at({ minScore: 0.9 }, once), iso(1000))
  t.equal(at({ minArea: 0.06 }, always), undefined)
  t.equal(at({ minArea: 0.04, maxArea: 0.06 }, always), iso(500))
  t.equal(at({ maxArea: 0.04 }, always), undefined)
})

t.test(
  'labels that are not listed make no events, a camera may have a list of its own',
  async t => {
    const seen = () => [
      tracked(0.2),
      tracked(0.5, { label: 'chair', trackId: 2 }),
      tracked(0.8, { label: 'constructor', trackId: 3 }),
    ]
    const labels = (config?: EventsInput) => {
      const { run, changes } = observedCamera(config)
      run(0, 2000, seen)
      return changes.map(({ event }) => event.label)
    }
    t.same(labels(), ['person'])
    t.same(labels({ cameras: { porch: { labels: { chair: {} } } } }), ['chair'])
    t.same(labels({ cameras: { yard: { labels: { chair: {} } } } }), ['person'])
  },
)

t.test('who is lost for a moment, or comes back under another number, goes on', async t => {
  const { run, changes, last } = observedCamera()
  run(0, 2000, () => [tracked(0.5)])
  run(2000, 3900, nobody)
  run(3900, 5000, () => [tracked(0.53)])
  run(5000, 6900, nobody)
  run(6900, 8000, () => [tracked(0.5, { trackId: 9 })])
  t.equal(new Set(changes.map(({ event }) => event.id)).size, 1)
  t.match(last(), { trackId: 9, endedAt: null })
})

t.test('another model that counts from 1 again ends no event and begins none', async t => {
  const { run, changes, open, broken } = observedCamera()
  const four = (order: number[]) =>
    order.map((place, i) => tracked(0.2 * place, { trackId: i + 1 }))
  run(0, 3000, () => four([1, 2, 3, 4]))
  const before = open().map(({ id, box }) => [id, box])
  run(3000, 3600, nobody)
  run(3600, 12_000, () => four([3, 4, 1, 2]))
  t.same(
    open().map(({ id, box }) => [id, box]),
    before,
  )
  t.notOk(changes.some(({ type }) => type === 'end'))
  t.same(broken, [])
})

t.test('scout and expert that disagree about a name make one event', async t => {
  const { run, changes, broken } = observedCamera()
  const random = createRandom(2)
  run(0, 600_000, atMs => [
    random() < 0.5
      ? tracked(0.5, { label: 'car' })
      : tracked(0.502, { label: 'truck', trackId: 2 + Math.floor(atMs / 60_000) }),
  ])
  t.equal(new Set(changes.map(({ event }) => event.id)).size, 1)
  const renamed = changes.filter(({ event, before }) => before && event.label !== before.label)
  t.ok(renamed.length <= 3, `${renamed.length}`)
  t.same(broken, [])
})

t.test(
  'an event whose object turns out to be furniture ends, and does not begin again',
  async t => {
    const { run, types, last } = observedCamera()
    const bench = (score: number) => [tracked(0.5, { label: 'bench', score })]
    run(0, 1000, () => [tracked(0.5, { label: 'dog', score: 0.4 })])
    run(1000, 20_000, () => bench(0.9))
    t.same(
      types().filter(type => type !== 'update'),
      ['start', 'end'],
    )
    t.match(last(), { label: 'dog', endedBy: 'gone' })
    run(20_000, 60_000, atMs => (atMs % 1000 === 0 ? [tracked(0.5, { label: 'dog' })] : bench(0.9)))
    t.equal(types().at(-1), 'end')
  },
)

t.test('trembling causes no more updates than time does', async t => {
  for (const seed of [1, 2, 3]) {
    const { run, changes, last, broken } = observedCamera()
    const box = trembler(seed)
    run(0, 600_000, atMs => [box(atMs)], 1000 / 15)
    const extra = changes.length - 600 / 5
    t.ok(extra < 10, `${extra} in ten minutes`)
    t.match(last(), { stationary: true, moves: 0 })
    t.same(broken, [])
  }
})

t.test(
  'zones that flicker are told a few times at once, then now and then, and nothing is forgotten',
  async t => {
    const { run, changes, last } = observedCamera({ updateSeconds: 60 })
    let flip = 0
    run(0, 60_000, () => [tracked(0.5, { zones: flip++ % 2 === 0 ? ['path'] : [] })])
    t.ok(changes.length <= 4 + 30, `${changes.length} in a minute`)
    run(60_000, 65_000, () => [tracked(0.5, { zones: ['door'] })])
    t.match(last(), { zones: ['door'], enteredZones: ['path', 'door'] })
  },
)

t.test('who stands, leaves and stands again has left one place', async t => {
  const { run, changes, last } = observedCamera()
  run(0, 15_000, () => [tracked(0.3)])
  t.match(last(), { stationary: true, moves: 0 })
  run(15_000, 17_000, atMs => [tracked(0.3 + ((atMs - 15_000) / 2000) * 0.4)])
  t.match(last(), { stationary: false, moves: 1 })
  const left = changes.find(({ event }) => event.moves === 1)!
  t.ok(left.event.updatedAt <= iso(15_800), left.event.updatedAt)
  run(17_000, 35_000, () => [tracked(0.7)])
  t.match(last(), { stationary: true, moves: 1 })
})

t.test(
  'the best look is one that a network has taken; its frame is named when it is taken',
  async t => {
    const { observe, changes, last } = observedCamera()
    const gate = { exit: exitFixture({ stage: 'gate', reason: 'followed' }) }
    const better: (readonly string[])[] = []
    for (let atMs = 0; atMs < 3000; atMs += 100) {
      const score = atMs === 2000 ? 0.99 : atMs === 1500 ? 0.98 : 0.7
      const looked = atMs % 1000 === 0
      better.push(observe(seenFrame(atMs, [tracked(0.5, { score })], looked ? {} : gate)))
    }
    const id = last().id
    t.same(
      better.flatMap((ids, frame) => ids.map(found => [frame, found])),
      [5, 10, 20].map(frame => [frame, id]),
      'the start, the first look, a better one',
    )
    t.match(changes[0]!.event.best, { frame: 5, exit: { stage: 'gate' } })
    t.match(last().best, { frame: 20, score: 0.99, at: iso(2000), exit: { stage: 'scout' } })
  },
)

t.test('a picture that is kept is told, once', async t => {
  const { run, kept, changes, last } = observedCamera()
  run(0, 1000, () => [tracked(0.5)])
  kept(last().id)
  kept('0mi8a1b2c-elsewher')
  run(1000, 1100, () => [tracked(0.5)])
  t.match(changes.at(-1), { type: 'update', event: { hasSnapshot: true } })
  kept(last().id)
  run(1100, 2000, () => [tracked(0.5)])
  t.equal(changes.length, 2)
})

t.test('a camera of one picture a minute makes events, too', async t => {
  const { observe, tick, changes, last } = observedCamera({ silentSeconds: 30 })
  const run = (fromS: number, toS: number, frames: boolean) => {
    for (let second = fromS; second < toS; second++) {
      const atMs = second * 1000
      if (frames && second % 60 === 0) observe(seenFrame(atMs, [tracked(0.5)]))
      tick({ atMs, wallMs: WALL + atMs })
    }
  }
  run(0, 600, true)
  t.equal(changes[0]?.type, 'start')
  t.equal(last().endedBy, null)
  run(600, 660, false)
  t.equal(last().endedBy, null)
  run(660, 720, false)
  t.equal(last().endedBy, 'camera')

  // one gap does not make it slow
  observe(seenFrame(10_000_000, [tracked(0.5)]))
  observe(seenFrame(10_000_600, [tracked(0.5)]))
  tick({ atMs: 10_031_000, wallMs: WALL + 10_031_000 })
  t.equal(last().endedBy, 'camera')
  t.equal(changes.filter(({ type }) => type === 'start').length, 2)
})

t.test(
  'a camera that falls silent ends its events after a while, as of when they were seen',
  async t => {
    const { run, tick, types, last, broken } = observedCamera()
    const now = (atMs: number) => tick({ atMs, wallMs: WALL + atMs })
    now(100_000)
    run(0, 2000, () => [tracked(0.5)])
    now(31_000)
    t.same(types(), ['start'])
    now(32_000)
    now(33_000)
    t.same(types(), ['start', 'end'])
    t.match(last(), { endedBy: 'camera', endedAt: iso(1900), updatedAt: iso(32_000) })
    run(40_000, 42_000, () => [tracked(0.5)])
    t.same(types(), ['start', 'end', 'start'])
    t.equal(last().startedAt, iso(40_000))
    t.same(broken, [])
  },
)

t.test(
  'a camera that pauses for a moment does not: absence is something that frames show',
  async t => {
    const { run, types } = observedCamera()
    run(0, 2000, () => [tracked(0.5)])
    run(22_000, 23_000, () => [tracked(0.5)])
    run(43_000, 43_100, nobody)
    run(43_500, 44_000, () => [tracked(0.5)])
    t.notOk(types().includes('end'))
  },
)

t.test('what could not be told at once is told by time, also without a frame', async t => {
  const { run, tick, changes, last } = observedCamera({ updateSeconds: 60 })
  let zone = 0
  run(0, 1200, () => [tracked(0.5, { zones: [`zone-${zone++}`] })])
  const before = changes.length
  tick({ atMs: 1300, wallMs: WALL + 1300 })
  t.equal(changes.length, before)
  tick({ atMs: 4000, wallMs: WALL + 4000 })
  t.same(last().zones, ['zone-11'])
  tick({ atMs: 9000, wallMs: WALL + 9000 })
  t.equal(changes.length, before + 1)
})

t.test('everything ends when detection is switched off or the service stops', async t => {
  const { run, end, types, last, open, status } = observedCamera()
  run(0, 2000, () => [tracked(0.2), tracked(0.8, { trackId: 2 })])
  t.same(status(), { open: 2, followed: 2, crowdedOut: 0 })
  end('off', { atMs: 2000, wallMs: WALL + 2000 })
  t.same(types(), ['start', 'start', 'end', 'end'])
  t.match(last(), { endedBy: 'off', endedAt: iso(1900) })
  t.same(open(), [])
  end('restart', { atMs: 2100, wallMs: WALL + 2100 })
  t.equal(types().length, 4)
  t.same(status(), { open: 0, followed: 0, crowdedOut: 0 })
})

t.test('new rules hold from now on, and cost no event', async t => {
  const { run, reload, types, open, changes } = observedCamera({ labels: { person: {}, dog: {} } })
  const both = () => [tracked(0.2), tracked(0.8, { trackId: 2, label: 'cat' })]
  run(0, 3000, both)
  reload({ labels: { person: { minScore: 1 }, cat: {} }, updateSeconds: 1 })
  run(3000, 5000, both)
  t.same(
    types().filter(type => type !== 'update'),
    ['start', 'start'],
  )
  const cat = changes.find(({ event }) => event.label === 'cat')!
  t.equal(cat.event.startedAt, iso(2900), 'it counts from when it was asked for')
  reload({ labels: { cat: {} }, endSeconds: 1 })
  run(5000, 7000, both)
  t.match(
    changes.find(({ type }) => type === 'end'),
    { event: { label: 'person', endedBy: 'gone', endedAt: iso(4900) } },
  )
  t.same(
    open().map(({ label }) => label),
    ['cat'],
  )
})

t.test(
  'a clock that is set changes no event that lasts, and the next one has the new time',
  async t => {
    for (const jump of [-3_600_000, 3_600_000, -WALL]) {
      const { observe, changes, broken } = observedCamera()
      const frame = (atMs: number, x: TrackedDetection[]) =>
        observe(seenFrame(atMs, x, { wallMs: WALL + atMs + (atMs >= 5000 ? jump : 0) }))
      for (let atMs = 0; atMs < 10_000; atMs += 100) frame(atMs, [tracked(0.5)])
      for (let atMs = 10_000; atMs < 13_000; atMs += 100) frame(atMs, [])
      const end = changes.find(({ type }) => type === 'end')!.event
      t.equal(end.startedAt, iso(0))
      t.equal(end.endedAt, iso(9900), 'ten seconds, whatever the clock says')
      for (let atMs = 13_000; atMs < 14_000; atMs += 100) frame(atMs, [tracked(0.5)])
      t.equal(changes.at(-1)!.event.startedAt, iso(13_000 + jump))
      t.same(broken, [])
    }
  },
)

t.test('1,000 random tracks: each event starts, is told of and ends, in this order', async t => {
  const random = createRandom(11)
  const { observe, end, changes, broken, status } = observedCamera({ endSeconds: 1 })
  const labels = ['person', 'car', 'truck', 'dog', 'chair']
  const tracks = Array.from({ length: 1000 }, (_, i) => ({
    trackId: 1 + (i % 300),
    label: labels[Math.floor(random() * labels.length)]!,
    fromMs: random() * 400_000,
    seconds: 0.2 + 20 * random() ** 2,
    x: random(),
    speed: (random() - 0.5) * 0.2,
    holes: random() * 0.3,
    seen: false,
  }))
  for (let atMs = 0; atMs < 430_000; atMs += 150) {
    const detections: TrackedDetection[] = []
    const used = new Set<number>()
    for (const track of tracks) {
      const since = (atMs - track.fromMs) / 1000
      if (since < 0 || since > track.seconds || random() < track.holes) continue
      if (used.has(track.trackId)) continue
      used.add(track.trackId)
      track.seen = true
      const { trackId, label } = track
      const x = track.x + since * track.speed + 0.01 * random()
      const zones = x > 0.5 ? ['right'] : random() < 0.1 ? ['left'] : []
      const flipped = label === 'car' && random() < 0.2 ? 'truck' : label
      detections.push(tracked(x, { trackId, label: flipped, zones, score: 0.4 + 0.5 * random() }))
    }
    observe(seenFrame(atMs, detections))
  }
  end('restart', { atMs: 430_000, wallMs: WALL + 430_000 })
  t.same(broken, [])
  const count = (wanted: string) => changes.filter(({ type }) => type === wanted).length
  t.ok(tracks.filter(({ seen }) => seen).length > 900)
  t.ok(count('start') > 200, `${count('start')} events`)
  t.equal(count('end'), count('start'))
  t.same(status(), { open: 0, followed: 0, crowdedOut: 0 })
})

t.test('ten busy minutes, with numbers that never come back, leave nothing behind', async t => {
  const random = createRandom(12)
  const { observe, status, broken, changes } = observedCamera({ endSeconds: 4 })
  let most = 0
  for (let atMs = 0; atMs < 600_000; atMs += 400) {
    const detections = Array.from({ length: 30 }, () => {
      const box = { x: random() * 0.95, y: random() * 0.9, width: 0.02, height: 0.05 }
      return tracked(0, { box, trackId: Math.floor(random() * 1e9) })
    })
    observe(seenFrame(atMs, detections))
    most = Math.max(most, status().followed)
  }
  t.ok(most <= 200 && most > 100, `${most}`)
  t.ok(status().crowdedOut > 0)
  for (let atMs = 600_000; atMs < 606_000; atMs += 200) observe(seenFrame(atMs, []))
  t.match(status(), { open: 0, followed: 0 })
  t.equal(
    changes.filter(({ type }) => type === 'start').length,
    changes.filter(({ type }) => type === 'end').length,
  )
  t.same(broken, [])
})
