import { join } from 'node:path'
import t from 'tap'
import { createGate, type GateReading } from '../../../src/cascade/gate/gate.js'
import { packageRoot } from '../../../src/lib/package.js'
import { createChance, type FrameOptions, frame, paint } from '../../fixtures/luma.js'
import { runProgram } from '../../fixtures/program.js'

const ALLOCATION = join(packageRoot, 'build/test/fixtures/gate-allocation.js')

/** What a frame shows, from the scene's start on. */
type Script = (i: number) => FrameOptions

interface Seen {
  /** Numbers of the frames that woke somebody, but for the first. */
  readonly wakes: number[]
  readonly cuts: number[]
  readonly shakes: number[]
}

/** Lets a gate see a scene, ten frames a second. */
function watch(frames: number, script: Script, msOf: (i: number) => number = i => i * 100): Seen {
  const chance = createChance()
  const gate = createGate()
  const seen: Seen = { wakes: [], cuts: [], shakes: [] }
  for (let i = 0; i < frames; i++) {
    const { motion, event } = gate.read(frame(chance, script(i)), msOf(i))
    if (i > 0 && motion > 0) seen.wakes.push(i)
    if (event === 'cut') seen.cuts.push(i)
    if (event === 'shake') seen.shakes.push(i)
  }
  return seen
}

t.test('what moves in hidden blocks wakes nobody; beside them it does', async t => {
  const chance = createChance()
  const hidden = new Uint8Array(240).map((_, block) => (block % 20 < 10 ? 1 : 0))
  const gate = createGate(1, hidden)
  for (let i = 0; i < 30; i++) gate.read(frame(chance), i * 100)
  const thing = (x: number) => frame(chance, { figure: [x, 40, 12, 30] })
  t.equal(gate.read(thing(20), 3000).motion, 0)
  t.ok(gate.read(thing(120), 3100).motion > 0)
})

t.test('of the first frame everything has changed, as one thing', async t => {
  const { motion, event, blobCount, blobs, changed, complexity } = createGate().read(
    frame(createChance()),
    0,
  )
  t.equal(motion, 1)
  t.equal(event, 'cut')
  t.equal(blobCount, 1)
  t.same(blobs[0], { left: 0, top: 0, right: 20, bottom: 12, size: 240 })
  t.ok(changed.every(block => block === 1))
  t.ok(complexity.total > 0)
})

t.test('the noise of a sensor wakes nobody, be it weak or strong or new', async t => {
  for (const noise of [1, 3, 6, 10, 15]) {
    const { wakes, cuts } = watch(100, () => ({ noise }))
    t.ok(wakes.length <= 4, `noise of ${noise} grey levels: frames ${wakes}`)
    t.same(cuts, [0])
  }
  const dusk = watch(100, i => ({ noise: i < 50 ? 1 : 8 }))
  t.ok(dusk.wakes.length <= 2, `${dusk.wakes}`)
})

t.test('light wakes nobody: dusk, a step of exposure, a cloud that crosses', async t => {
  const dusk = watch(200, i => ({ light: grey => grey * (1 - i / 300) }))
  t.same(dusk, { wakes: [], cuts: [0], shakes: [] })
  for (const step of [0.7, 0.95, 1.05, 1.3]) {
    const { wakes } = watch(60, i => ({ light: grey => grey * (i < 30 ? 1 : step) }))
    t.ok(wakes.length <= 1, `times ${step}: frames ${wakes}`)
  }
  const cloud = watch(150, i => ({
    light: (grey, x) => grey * (1 - 0.4 * Math.min(1, Math.max(0, (i - 30) / 50 - x / 160))),
  }))
  t.same(cloud.wakes, [])
})

t.test(
  'infra-red, a covered lens and an uncovered one are one cut each, and then silence',
  async t => {
    const infrared = watch(80, i => ({ light: grey => (i < 40 ? grey : 255 - grey * 0.8) }))
    t.same(infrared, { wakes: [40], cuts: [0, 40], shakes: [] })
    const covered = watch(80, i => ({ light: grey => (i >= 30 && i < 60 ? grey * 0.05 : grey) }))
    t.same(covered, { wakes: [30, 60], cuts: [0, 30, 60], shakes: [] })
  },
)

t.test('a figure that walks through is seen in every frame, in rain a frame later', async t => {
  const walk: Script = i => (i < 60 || i >= 90 ? {} : { figure: [20 + (i - 60) * 3, 50, 10, 24] })
  const dry = watch(100, walk).wakes.filter(i => i >= 60 && i < 90)
  t.equal(dry.length, 30)
  const wet = watch(100, i => ({ ...walk(i), drops: 60 })).wakes.filter(i => i >= 63 && i < 90)
  t.ok(wet.length >= 25, `${wet}`)
})

t.test('a figure that comes, stands and goes wakes for less than a second each time', async t => {
  const { wakes } = watch(120, i => ({ ...(i >= 40 && i < 80 && { figure: [60, 50, 10, 24] }) }))
  const comes = wakes.filter(i => i < 80)
  const goes = wakes.filter(i => i >= 80)
  t.equal(comes[0], 40)
  t.ok(comes.length < 10 && comes.at(-1)! < 50, `${comes}`)
  t.equal(goes[0], 80)
  t.ok(goes.length < 10 && goes.at(-1)! < 90, `${goes}`)
})

t.test('its blocks and its box are where it is', async t => {
  const chance = createChance()
  const gate = createGate()
  for (let i = 0; i < 20; i++) gate.read(frame(chance), i * 100)
  const { blobCount, blobs, motion, complexity } = gate.read(
    frame(chance, { figure: [64, 40, 16, 32] }),
    2000,
  )
  t.equal(blobCount, 1)
  t.same(blobs[0], { left: 8, top: 5, right: 10, bottom: 9, size: 8 })
  t.equal(motion, 8 / 240)
  t.equal(complexity.crowd, 1 / 8)
})

t.test('rain and snow fall silent within seconds', async t => {
  const { wakes } = watch(300, () => ({ drops: 60 }))
  const late = wakes.filter(i => i >= 100)
  t.ok(late.length < 40, `${late.length} of 200 frames`)
})

t.test('a camera that sways in the wind wakes nobody, and sees who walks', async t => {
  const sway: Script = i => ({ swing: [1.3 * Math.sin(i * 0.9), 0.8 * Math.sin(i * 1.7)] })
  const { wakes, shakes } = watch(120, sway)
  t.ok(shakes.length > 80, `${shakes.length} frames`)
  t.ok(wakes.length < 6, `${wakes}`)
  const walked = watch(120, i => ({
    ...sway(i),
    ...(i >= 60 && i < 90 && { figure: [20 + (i - 60) * 3, 50, 10, 24] }),
  })).wakes.filter(i => i >= 60 && i < 90)
  t.ok(walked.length > 24, `${walked}`)
})

t.test('a camera that stays turned shows another scene', async t => {
  const { cuts, shakes } = watch(120, i => ({ swing: i < 40 ? [0, 0] : [2.5, -1.5] }))
  t.equal(cuts.length, 2)
  t.ok(cuts[1]! > 60 && cuts[1]! < 70, `turned at 40, cut at ${cuts[1]}`)
  t.equal(shakes.length, cuts[1]! - 40)
  const far = watch(60, i => ({ swing: i < 40 ? [0, 0] : [40, 10] }))
  t.same(far.cuts, [0, 40])
})

t.test('a camera that swings on to another place has not been turned yet', async t => {
  const { cuts } = watch(100, i => ({ swing: i < 40 ? [0, 0] : i % 30 < 15 ? [2.5, 0] : [-2, 1] }))
  t.same(cuts, [0])
})

t.test('a large figure that nobody could take for a shake is motion', async t => {
  const { cuts, shakes, wakes } = watch(50, i => ({ ...(i >= 30 && { figure: [30, 10, 60, 70] }) }))
  t.same(cuts, [0])
  t.same(shakes, [])
  t.equal(wakes[0], 30)
})

t.test('frames may come at any time: slow, fast, uneven, all at once, back', async t => {
  const times = [
    (i: number) => i * 2000,
    (i: number) => i * 8,
    (i: number) => i * 100 + ((i * 37) % 90),
    (i: number) => i * i * i,
    () => 1000,
    (i: number) => 1e6 - i,
  ]
  for (const msOf of times) {
    t.same(watch(60, () => ({}), msOf).wakes, [])
    const walked = watch(
      60,
      i => ({ ...(i >= 40 && { figure: [(i - 30) * 4, 50, 10, 24] }) }),
      msOf,
    )
    t.equal(walked.wakes.length, 20, `${walked.wakes}`)
  }
})

t.test('when nothing changed nothing is complex', async t => {
  const gate = createGate()
  const grey = paint(() => 90)
  gate.read(grey, 0)
  const { motion, complexity, blobCount, event } = gate.read(grey, 100)
  t.same([motion, blobCount, event], [0, 0, 'none'])
  t.same(complexity, { edges: 0, entropy: 0, crowd: 0, total: 0 })
})

t.test('reading allocates nothing', async t => {
  // compiled early, as code that is not optimised yet allocates every fraction, and at once, as on a busy machine the compiler's own
  // thread may come too late; in a program of its own, as what ran before it decides what is compiled how
  const flags = ['--expose-gc', '--interrupt-budget=10000', '--no-concurrent-recompilation']
  const { code, stdout, stderr } = await runProgram('node', [...flags, ALLOCATION])
  t.equal(code, 0, stderr)
  const perFrame: Record<string, number> = JSON.parse(stdout)
  // bytes: one fraction takes 16; loops that run rarely are entered from unoptimised code, which boxes a few
  for (const [scene, most] of Object.entries({ quiet: 12, motion: 12, rain: 12, shaking: 100 }))
    t.ok(perFrame[scene]! < most, `${scene}: ${perFrame[scene]} bytes per frame`)
})

t.test('a reading is the same object every time', async t => {
  const gate = createGate()
  const readings = new Set<GateReading>()
  for (let i = 0; i < 5; i++)
    readings.add(
      gate.read(
        paint(() => 90),
        i * 100,
      ),
    )
  t.equal(readings.size, 1)
})
