import t from 'tap'
import { createGate, edgeDensity } from '../../src/cascade/gate.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../../src/frame/thumbnail.js'

const CELLS = THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT

/** Repeatable noise: the minimal standard generator (Park and Miller 1988). */
function noise(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state * 48271) % 2147483647
    return state / 2147483647
  }
}

/** A grey scene with a little sensor noise; options add what happens in it. */
function scene(random: () => number, { level = 100, sigma = 1, object = -1 } = {}): Uint8Array {
  const luma = new Uint8Array(CELLS)
  for (let i = 0; i < CELLS; i++) luma[i] = level + (random() - 0.5) * 2 * sigma * 1.7
  if (object >= 0) {
    // a bright figure of 10 x 24 cells
    for (let y = 40; y < 64; y++)
      luma.fill(220, y * THUMBNAIL_WIDTH + object, y * THUMBNAIL_WIDTH + object + 10)
  }
  return luma
}

t.test('the first frame counts as all changed', async t => {
  t.equal(createGate().read(scene(noise()), 0).motion, 1)
})

t.test('sensor noise alone is no motion once it is known', async t => {
  const gate = createGate()
  const random = noise()
  let moved = 0
  for (let frame = 0; frame < 300; frame++) {
    const { motion, complexity } = gate.read(scene(random, { sigma: 2 }), frame * 100)
    if (frame > 10 && motion > 0) moved++
    if (motion === 0) t.equal(complexity, 0)
  }
  t.equal(moved, 0)
})

t.test(
  'a figure that walks through is motion in every frame, and settles soon after it stands',
  async t => {
    const gate = createGate()
    const random = noise()
    for (let frame = 0; frame < 20; frame++) gate.read(scene(random), frame * 100)
    for (let frame = 0; frame < 40; frame++) {
      t.ok(gate.read(scene(random, { object: 10 + frame * 2 }), 2000 + frame * 100).motion > 0)
    }
    const standing = Array.from({ length: 30 }, (_, frame) => {
      return gate.read(scene(random, { object: 88 }), 6000 + frame * 100).motion
    })
    t.ok(standing[0]! > 0)
    t.ok(
      standing.slice(15).every(motion => motion === 0),
      `${standing}`,
    )
    t.ok(gate.read(scene(random), 9100).motion > 0, 'leaving is motion again')
  },
)

t.test('a step of exposure moves the whole picture and is no motion', async t => {
  const gate = createGate()
  const random = noise()
  for (let frame = 0; frame < 30; frame++) gate.read(scene(random), frame * 100)
  t.equal(gate.read(scene(random, { level: 115 }), 3000).motion, 0)
})

t.test('a corner that flickers for long falls silent', async t => {
  const gate = createGate()
  const random = noise()
  let late = 0
  for (let frame = 0; frame < 3000; frame++) {
    const luma = scene(random)
    for (let y = 0; y < 8; y++)
      luma.fill(frame % 2 ? 92 : 108, y * THUMBNAIL_WIDTH, y * THUMBNAIL_WIDTH + 8)
    const { motion } = gate.read(luma, frame * 100)
    if (frame >= 2700 && motion > 0) late++
  }
  t.ok(late < 30, `${late} of the last 300 frames`)
})

t.test('a clock that stands still does no harm', async t => {
  const gate = createGate()
  gate.read(scene(noise()), 1000)
  t.equal(gate.read(scene(noise()), 1000).motion, 0)
  t.equal(gate.read(scene(noise()), 500).motion, 0)
})

t.test(
  'edge density tells a plain wall from a pattern, and looks only where it is told',
  async t => {
    const wall = new Uint8Array(CELLS).fill(100)
    t.equal(edgeDensity(wall), 0)
    const stripes = wall.map((_, i) => ((i % THUMBNAIL_WIDTH) % 4 < 2 ? 0 : 255))
    t.ok(edgeDensity(stripes) > 0.9)
    const half = wall.map((_, i) => (i % THUMBNAIL_WIDTH < 80 ? stripes[i]! : 100))
    const left = new Uint8Array(240).map((_, block) => (block % 20 < 10 ? 1 : 0))
    const right = left.map(value => 1 - value)
    t.ok(edgeDensity(half, left) > 0.9)
    t.ok(edgeDensity(half, right) < 0.05)
  },
)

t.test('reading allocates nothing', async t => {
  if (globalThis.gc === undefined) {
    const { setFlagsFromString } = await import('node:v8')
    setFlagsFromString('--expose-gc')
    globalThis.gc = (await import('node:vm')).runInNewContext('gc')
  }
  const gate = createGate()
  const random = noise()
  const frames = Array.from({ length: 8 }, (_, i) => scene(random, { object: i * 8 }))
  for (let i = 0; i < 2000; i++) gate.read(frames[i % 8]!, i * 100)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 2000; i < 4000; i++) gate.read(frames[i % 8]!, i * 100)
  const perFrame = (process.memoryUsage().heapUsed - before) / 2000
  // numbers that V8 boxes on the way are allowed; a thumbnail (15,360 bytes) or a block map (240) per frame is not
  t.ok(perFrame < 200, `${perFrame} bytes per frame`)
})
