import t from 'tap'
import { scoreEvents } from '../../src/bench/event-score.js'
import { findEvents, type Seen } from '../../src/bench/events.js'
import type { Detection } from '../../src/cascade/detection.js'

const FPS = 10

function person(x: number, classId = 0): Detection {
  return { label: 'person', classId, score: 0.9, box: { x, y: 0.2, width: 0.2, height: 0.5 } }
}

function frames(count: number, seen: (frame: number) => Seen): Seen[] {
  return Array.from({ length: count }, (_, frame) => seen(frame))
}

/** One person from frame 10 to 29 of 50. */
const reference = frames(50, frame => (frame >= 10 && frame < 30 ? [person(0.1)] : []))
const events = findEvents(reference, FPS)

function scoreOf(shown: readonly Seen[]) {
  return scoreEvents(events, { shown, reference, fps: FPS })
}

t.test('the reference reports all of itself at once, and nothing false', async t => {
  t.match(scoreOf(reference), {
    eventRecall: 1,
    coverage: 1,
    delayMs: { median: 0, p95: 0 },
    boxRecall: 1,
    falseShare: 0,
  })
})

t.test('who shows nothing reports nothing, never', async t => {
  t.match(
    scoreOf(frames(50, () => [])),
    {
      outcomes: [{ delayMs: null, coverage: 0 }],
      eventRecall: 0,
      coverage: 0,
      delayMs: { median: null, p95: null },
      boxRecall: 0,
      falseShare: null,
    },
    'of nothing shown no share is false',
  )
})

t.test('a report counts from the first frame that shows the event', async t => {
  const late = scoreOf(frames(50, frame => (frame >= 15 && frame < 20 ? [person(0.12)] : [])))
  t.match(late, { eventRecall: 1, coverage: 0.25, boxRecall: 0.25, delayMs: { median: 500 } })
  t.equal(late.outcomes[0]?.event, events[0])
})

t.test('a report after the end, of another class or elsewhere is none', async t => {
  t.equal(scoreOf(frames(50, frame => (frame >= 30 ? [person(0.1)] : []))).eventRecall, 0)
  t.equal(scoreOf(frames(50, () => [person(0.1, 1)])).eventRecall, 0)
  // 0.12 of 0.28 overlap: 0.43
  t.equal(scoreOf(frames(50, () => [person(0.18)])).eventRecall, 0)
})

t.test('a box is false from a second after its object left, or before it came', async t => {
  const share = (first: number, last: number) =>
    scoreOf(frames(50, frame => (frame >= first && frame <= last ? [person(0.1)] : []))).falseShare
  t.equal(share(0, 39), 0, '39 is a second after 29, and 0 a second before 10')
  t.equal(share(0, 49), 10 / 50)
  t.equal(share(40, 49), 1)
})

t.test('nearly there is not false, elsewhere or of another class it is', async t => {
  const during = (detection: Detection) =>
    scoreOf(frames(50, frame => (frame === 20 ? [person(0.1), detection] : []))).falseShare
  // 0.1 of 0.3 overlap, and 0.09 of 0.31
  t.equal(during(person(0.2)), 0)
  t.equal(during(person(0.21)), 0.5)
  t.equal(during(person(0.1, 1)), 0.5)
})

t.test('showing everything everywhere reports all and is nearly all false', async t => {
  const everywhere = [0, 0.1, 0.3, 0.5, 0.7].map(x => person(x))
  const { eventRecall, falseShare } = scoreOf(frames(50, () => everywhere))
  t.equal(eventRecall, 1)
  // 0 and 0.1 are known from a second before to a second after
  t.equal(falseShare, (250 - 2 * 40) / 250)
})

t.test('delays hold the missed ones as the slowest', async t => {
  const many = frames(11, () => [person(0), person(0.25), person(0.5), person(0.75)])
  const shown = frames(11, frame =>
    [0, 0.25, 0.5].filter((_, at) => frame >= at).map(x => person(x)),
  )
  const { delayMs, eventRecall } = scoreEvents(findEvents(many, FPS), {
    shown,
    reference: many,
    fps: FPS,
  })
  t.equal(eventRecall, 0.75)
  t.same(delayMs, { median: 150, p95: null })
})

t.test('without events there is nothing to take a share of', async t => {
  const nobody = frames(5, () => [])
  t.same(scoreEvents([], { shown: nobody, reference: nobody, fps: FPS }), {
    outcomes: [],
    eventRecall: null,
    coverage: null,
    delayMs: { median: null, p95: null },
    boxRecall: null,
    falseShare: null,
  })
})

t.test('frames of another clip are refused', async t => {
  t.throws(() => scoreEvents(events, { shown: [], reference, fps: FPS }), {
    name: 'RangeError',
    message: /found 0, 50/,
  })
})
