import t from 'tap'
import { findEvents, type Seen } from '../../src/bench/events.js'
import type { Detection } from '../../src/cascade/detection.js'

const FPS = 10

function person(x: number, score = 0.9, classId = 0): Detection {
  return { label: 'person', classId, score, box: { x, y: 0.2, width: 0.2, height: 0.5 } }
}

/** Frames of a scene that a function of the frame's index tells. */
function frames(count: number, seen: (frame: number) => Seen): Seen[] {
  return Array.from({ length: count }, (_, frame) => seen(frame))
}

t.test('a second from first to last is an event, and a frame less is none', async t => {
  const from = (first: number, last: number) =>
    findEvents(
      frames(40, frame => (frame >= first && frame <= last ? [person(0.1)] : [])),
      FPS,
    )
  t.match(from(5, 15), [{ label: 'person', classId: 0, first: 5, last: 15 }])
  t.same(from(5, 14), [])
  t.same(findEvents([], FPS), [])
})

t.test('an event knows where it was in each frame in which it was seen', async t => {
  const [event] = findEvents(
    frames(12, frame => (frame === 4 ? [] : [person(0.1 + frame / 100)])),
    FPS,
  )
  t.equal(event?.boxes.size, 11)
  t.equal(event?.boxes.get(3)?.x, 0.13)
  t.notOk(event?.boxes.has(4))
})

t.test('half of the frames must show it', async t => {
  const every = (nth: number) =>
    findEvents(
      frames(42, frame => (frame % nth === 0 ? [person(0.1)] : [])),
      FPS,
    )
  t.match(every(2), [{ first: 0, last: 40 }])
  t.same(every(3), [])
})

t.test('unseen for a second it stays itself, for longer it is another', async t => {
  const gap = (unseen: number) =>
    findEvents(
      frames(60, frame => (frame >= 20 && frame < 20 + unseen ? [] : [person(0.1)])),
      FPS,
    ).map(({ first, last }) => [first, last])
  t.same(gap(9), [[0, 59]])
  t.same(gap(10), [
    [0, 19],
    [30, 59],
  ])
})

t.test('frames are counted in seconds, whole or not', async t => {
  const seen = frames(30, frame => (frame < 14 ? [person(0.1)] : []))
  t.equal(findEvents(seen, 12.5).length, 1, '13 frames are 1.04 s')
  t.equal(findEvents(seen, 13.5).length, 0, 'and 0.96 s')
})

t.test('another class, or another place, is another object', async t => {
  const two = findEvents(
    frames(11, () => [person(0.1), person(0.1, 0.8, 1), person(0.6)]),
    FPS,
  )
  t.same(
    two.map(({ classId, boxes }) => [classId, boxes.get(10)?.x, boxes.size]),
    [
      [0, 0.1, 11],
      [0, 0.6, 11],
      [1, 0.1, 11],
    ],
  )
  const jumping = frames(22, frame => [person(frame < 11 ? 0.1 : 0.24)])
  t.equal(findEvents(jumping, FPS).length, 2, 'an overlap of 0.18 is too little')
})

t.test('of two that overlap each goes on with what lies nearest', async t => {
  const events = findEvents(
    frames(11, frame => [person(0.1 + frame / 500), person(0.2 + frame / 500, 0.8)]),
    FPS,
  )
  t.same(
    events.map(({ boxes }) => Math.round(boxes.get(10)!.x * 100)),
    [12, 22],
  )
})

t.test('an object begins surely and goes on less surely', async t => {
  const fading = frames(24, frame => [person(0.1, frame === 8 ? 0.5 : 0.35)])
  t.match(findEvents(fading, FPS), [{ first: 8, last: 23 }])
  t.same(findEvents(fading, FPS, { startScore: 0.51 }), [])
  t.match(findEvents(fading, FPS, { startScore: 0.35 }), [{ first: 0, last: 23 }])
  t.same(findEvents(fading, FPS, { keepScore: 0.4 }), [], 'seen once, that is no event')
})
