import t from 'tap'
import type { Detection } from '../../src/cascade/detection.js'
import { createTracker } from '../../src/events/tracker.js'

function person(x: number, score = 0.9, classId = 0): Detection {
  return { label: 'person', classId, score, box: { x, y: 0.2, width: 0.2, height: 0.5 } }
}

t.test('an object that moves a little keeps its identity', async t => {
  const tracker = createTracker()
  const [first] = tracker.update([person(0.1)], 0)
  const [second] = tracker.update([person(0.14)], 100)
  t.equal(second?.trackId, first?.trackId)
  t.match(second, { box: { x: 0.14 }, zones: [] })
})

t.test('two objects keep apart, each the nearer one', async t => {
  const tracker = createTracker()
  const before = tracker.update([person(0.1), person(0.6, 0.8)], 0)
  const after = tracker.update([person(0.62), person(0.12, 0.5)], 100)
  t.same(
    after.map(({ trackId, box }) => [trackId, box.x]),
    [
      [before[0]?.trackId, 0.12],
      [before[1]?.trackId, 0.62],
    ],
  )
})

t.test('another class, or another place, is another object', async t => {
  const tracker = createTracker()
  const [first] = tracker.update([person(0.1)], 0)
  t.not(tracker.update([person(0.1, 0.9, 1)], 100)[0]?.trackId, first?.trackId)
  t.not(tracker.update([person(0.7)], 200)[0]?.trackId, first?.trackId)
})

t.test(
  'an object that is missed for a moment comes back as itself, and after long as another',
  async t => {
    const tracker = createTracker()
    const [first] = tracker.update([person(0.1)], 0)
    t.same(tracker.update([], 1000), [], 'what is not seen is not reported')
    t.equal(tracker.update([person(0.1)], 1900)[0]?.trackId, first?.trackId)
    tracker.update([], 2000)
    t.not(tracker.update([person(0.1)], 9000)[0]?.trackId, first?.trackId)
  },
)

t.test('an unchanged scene keeps what was in view for as long as it stays unchanged', async t => {
  const tracker = createTracker()
  tracker.update([person(0.1), person(0.6)], 0)
  const [gone] = tracker.update([person(0.1)], 100)
  const carried = tracker.carry(60_000)
  t.same(
    carried.map(({ trackId }) => trackId),
    [gone?.trackId],
  )
  t.equal(tracker.update([person(0.1)], 61_000)[0]?.trackId, gone?.trackId)
})
