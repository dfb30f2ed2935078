import t from 'tap'
import { isBetter, lookOf } from '../../src/events/best-look.js'
import { exitFixture } from '../fixtures/exit.js'
import { seenFrame, tracked } from '../fixtures/observed.js'

const AT = '2026-11-22T21:00:00.000Z'
const frame = seenFrame(100, [])
const gateFrame = seenFrame(100, [], { exit: exitFixture({ stage: 'gate', reason: 'followed' }) })

t.test('a look says where and how its object was seen', async t => {
  const { look } = lookOf(tracked(0.5), frame, AT)
  t.same(look, {
    frame: 1,
    at: AT,
    score: 0.8,
    box: tracked(0.5).box,
    width: 1280,
    height: 720,
    exit: { stage: 'scout', reason: 'confident' },
  })
})

t.test('better is surer, nearer, or not cut off; and clearly so', async t => {
  const now = lookOf(tracked(0.5, { score: 0.6 }), frame, AT)
  t.notOk(isBetter(tracked(0.5, { score: 0.6 }), frame, now))
  t.notOk(isBetter(tracked(0.5, { score: 0.7 }), frame, now), 'a little')
  t.ok(isBetter(tracked(0.5, { score: 0.75 }), frame, now))
  const near = { x: 0.4, y: 0.2, width: 0.15, height: 0.7 }
  t.ok(isBetter(tracked(0.5, { score: 0.55, box: near }), frame, now))
  for (const edge of [{ x: 0 }, { y: 0 }, { x: 0.85 }, { y: 0.3 }]) {
    const cut = { ...near, ...edge }
    t.notOk(isBetter(tracked(0.5, { score: 0.6, box: cut }), frame, now), JSON.stringify(edge))
    const whole = lookOf(tracked(0.5, { score: 0.6, box: cut }), frame, AT)
    t.ok(isBetter(tracked(0.5, { score: 0.6, box: near }), frame, whole))
  }
})

t.test(
  'what no network has looked at is no better look, and gives way to the first that one has',
  async t => {
    const far = lookOf(tracked(0.5, { score: 0.2 }), frame, AT)
    t.notOk(isBetter(tracked(0.5), gateFrame, far))
    const guess = lookOf(tracked(0.5), gateFrame, AT)
    t.ok(isBetter(tracked(0.5, { score: 0.2 }), frame, guess))
  },
)

t.test(
  'who comes from afar to the camera is seen best a few times, not in every frame',
  async t => {
    let best = lookOf(tracked(0.5), frame, AT)
    let times = 0
    for (let i = 1; i <= 300; i++) {
      const height = 0.02 + (0.9 * i) / 300
      const box = { x: 0.4, y: 0.03, width: height / 5, height }
      const detection = tracked(0.5, { box })
      if (i === 1) best = lookOf(detection, frame, AT)
      if (!isBetter(detection, frame, best)) continue
      best = lookOf(detection, frame, AT)
      times++
    }
    t.ok(times > 5 && times < 25, `${times}`)
  },
)
