import t from 'tap'
import { type Budget, createBudget } from '../../src/cascade/budget.js'
import { type BudgetConfig, budgetSchema } from '../../src/cascade/config.js'
import { effortAt, FULL_EFFORT } from '../../src/cascade/effort.js'
import { createPlant, drive, meanOf, type PlantOptions, type Trace } from '../fixtures/plant.js'

const budgetOf = (written: Partial<BudgetConfig>): Budget =>
  createBudget(budgetSchema.parse(written))

/** Keeps one level, whatever it costs. */
function fixed(level: number, fps: number): Budget {
  const effort = level === 1 ? FULL_EFFORT : effortAt(level, { fps, minFps: 1 })
  const state = { ...budgetOf({}).state(), level, effort }
  return { observe() {}, state: () => state }
}

/** Mean millijoules per frame of a scene at one level. */
function costAt(level: number, scene: PlantOptions): number {
  return meanOf(drive(fixed(level, scene.fps), createPlant({ ...scene, seed: 99 }), 1200))
}

const from = (trace: readonly Trace[], start: number, end = Infinity) =>
  trace.filter(({ second }) => second >= start && second < end)

/** Times that the level turns round after it has gone at least 0.1 one way. */
function turns(trace: readonly Trace[]): number {
  let count = 0
  let direction = 0
  let extreme = trace[0]!.level
  for (const { level } of trace) {
    if ((level - extreme) * direction > 0 || (direction === 0 && level !== extreme)) {
      direction = Math.sign(level - extreme)
      extreme = level
    } else if (Math.abs(level - extreme) > 0.1) {
      count++
      direction = -direction
      extreme = level
    }
  }
  return count
}

/** 60 % of frames end at the gate, 35 % at the scout, 5 % at the expert. */
const street = { busy: 0.4, doubtful: 0.125 }
/** Nearly every frame is looked at, many by the expert, some in parts; on a board that needs seven times the energy. */
const market = { busy: 0.9, doubtful: 0.3, gain: 7 }
/** Every frame leaves a doubt; on a thrifty board. */
const maze = { busy: 1, doubtful: 0.9, gain: 0.2 }

t.test('without a target the effort stays full', async t => {
  const budget = budgetOf({})
  const before = budget.state()
  drive(budget, createPlant({ seed: 1, fps: 10, ...market }), 20, () => ({
    throttled: true,
    celsius: 99,
  }))
  t.equal(budget.state(), before)
  t.match(before, { level: 1, limitedBy: null, atFloor: false, moved: [], effort: FULL_EFFORT })
})

t.test('a target that is kept anyway changes nothing', async t => {
  const scene = { seed: 1, fps: 10, ...market }
  const budget = budgetOf({ millijoulesPerFrame: costAt(1, scene) * 1.3 })
  drive(budget, createPlant(scene), 60)
  t.match(budget.state(), { level: 1, limitedBy: null, target: null, actual: null, moved: [] })
})

for (const [name, scene] of Object.entries({ street, market, maze })) {
  // half of the street's energy at 5 frames a second is below the floor: refreshing alone costs a quarter
  for (const fps of name === 'street' ? [10, 25] : [5, 10, 25]) {
    t.test(`half the energy on the ${name}, ${fps} frames a second: kept from 20 s on`, async t => {
      const full = { seed: 1, fps, ...scene }
      const target = costAt(1, full) / 2
      for (let seed = 1; seed <= 3; seed++) {
        const budget = budgetOf({ millijoulesPerFrame: target })
        const trace = drive(budget, createPlant({ ...full, seed }), 100)
        const settled = meanOf(from(trace, 20, 40)) / target
        t.ok(Math.abs(settled - 1) < 0.1, `20 to 40 s: ${settled} of the target`)
        const steady = meanOf(from(trace, 20)) / target
        t.ok(Math.abs(steady - 1) < 0.04, `20 to 100 s: ${steady} of the target`)
        const levels = from(trace, 20).map(({ level }) => level)
        const expected = costAt(levels.reduce((a, b) => a + b) / levels.length, full) / target
        t.ok(Math.abs(expected - 1) < 0.1, `its mean level costs ${expected} of the target`)
        t.ok(turns(from(trace, 20)) <= 4, `${turns(from(trace, 20))} turns in 80 s`)
        t.match(budget.state(), { limitedBy: 'millijoulesPerFrame', target, atFloor: false })
      }
    })
  }
}

t.test('a scene that becomes busy is followed within 20 s, and so is its end', async t => {
  const quiet = { seed: 4, fps: 10, busy: 0.05, doubtful: 0.1 }
  const plant = createPlant(quiet)
  const budget = budgetOf({ millijoulesPerFrame: 3 })
  drive(budget, plant, 30)
  t.equal(budget.state().level, 1)
  plant.change({ busy: 0.9, doubtful: 0.3 })
  const busy = drive(budget, plant, 100)
  t.ok(costAt(1, { ...quiet, busy: 0.9, doubtful: 0.3 }) > 6)
  const ratio = meanOf(from(busy, 20)) / 3
  t.ok(Math.abs(ratio - 1) < 0.05, `${ratio} of the target`)
  const low = busy.at(-1)!.level
  t.ok(low < 0.7)
  plant.change(quiet)
  const after = drive(budget, plant, 60)
  t.equal(after.at(-1)!.level, 1)
  const fell = busy.findIndex(({ level }) => level <= low)
  const back = after.findIndex(({ level }) => level === 1)
  t.ok(back > fell, `falls in ${fell} frames, rises in ${back}`)
})

t.test('what cannot be kept is said, and the floor stays', async t => {
  const scene = { seed: 2, fps: 10, ...market }
  const budget = budgetOf({ millijoulesPerFrame: costAt(0, scene) / 2 })
  const trace = drive(budget, createPlant(scene), 60)
  t.ok(from(trace, 20).every(({ level }) => level === 0))
  const { effort, ...state } = budget.state()
  t.match(state, { level: 0, limitedBy: 'millijoulesPerFrame', atFloor: true })
  t.ok(state.actual! > state.target! * 1.2)
  t.same(state.moved, ['thresholds', 'escalations', 'rate'])
  t.ok(Math.abs(effort.lookEveryMs - 1000) < 1)
})

t.test('the harder of two targets decides', async t => {
  const scene = { seed: 3, fps: 10, ...maze }
  const target = costAt(1, scene) / 2
  // the simulated board works half a millisecond per millijoule
  const loose = budgetOf({ millijoulesPerFrame: target, milliseconds: target * 0.8 })
  drive(loose, createPlant(scene), 60)
  t.equal(loose.state().limitedBy, 'millijoulesPerFrame')
  const tight = budgetOf({ millijoulesPerFrame: target, milliseconds: target * 0.4 })
  const trace = drive(tight, createPlant(scene), 60)
  t.equal(tight.state().limitedBy, 'milliseconds')
  const ratio = meanOf(from(trace, 20)) / target / 0.8
  t.ok(Math.abs(ratio - 1) < 0.05, `${ratio} of the target`)
})

t.test('power that is told as a mean over ten seconds is kept without swinging', async t => {
  const scene = { seed: 5, fps: 10, ...market }
  const target = (costAt(1, scene) / 1000) * 10 * 0.6
  const lately: { atMs: number; millijoules: number }[] = []
  const trace = drive(
    budgetOf({ watts: target }),
    createPlant(scene),
    150,
    ({ atMs, millijoules }) => {
      lately.push({ atMs, millijoules })
      while (atMs - lately[0]!.atMs > 10_000) lately.shift()
      const seconds = Math.max(1, (atMs - lately[0]!.atMs) / 1000)
      return { watts: lately.reduce((sum, frame) => sum + frame.millijoules, 0) / 1000 / seconds }
    },
  )
  const watts = (meanOf(from(trace, 30)) / 1000) * 10
  t.ok(Math.abs(watts / target - 1) < 0.07, `${watts} W of ${target} W`)
  t.ok(turns(from(trace, 30)) <= 3, `${turns(from(trace, 30))} turns`)
})

t.test('a board is kept at its temperature', async t => {
  for (const seconds of [30, 80, 200]) {
    const scene = { seed: 6, fps: 10, ...market }
    const full = costAt(1, scene)
    let [celsius, lastMs, hottest] = [45, 0, 0]
    const budget = budgetOf({ celsius: 65 })
    const board = ({ atMs, millijoules }: { atMs: number; millijoules: number }) => {
      const share = (atMs - lastMs) / 1000 / seconds
      lastMs = atMs
      // at full effort it would come to 80 degrees
      celsius += (45 + (35 * millijoules) / full - celsius) * share
      hottest = Math.max(hottest, celsius)
      return { celsius: Math.round(celsius * 2) / 2 }
    }
    const trace = drive(budget, createPlant(scene), 900, board)
    t.ok(hottest < 71, `at most ${hottest}, with a time constant of ${seconds} s`)
    t.ok(Math.abs(celsius - 65) < 1.5, `${celsius} at last`)
    t.ok(turns(from(trace, 300)) <= 2)
    t.match(budget.state(), { limitedBy: 'celsius', target: 65 })
  }
})

t.test('a sensor that is lost binds nothing', async t => {
  const budget = budgetOf({ celsius: 60 })
  const plant = createPlant({ seed: 1, fps: 10, ...street })
  drive(budget, plant, 60, () => ({ celsius: 75 }))
  t.ok(budget.state().level < 0.5)
  drive(budget, plant, 60, () => ({ celsius: null }))
  t.equal(budget.state().level, 1)
})

t.test('while the board throttles it steps down, and comes back slowly', async t => {
  const budget = budgetOf({ celsius: 85 })
  const plant = createPlant({ seed: 1, fps: 10, ...street })
  const hot = drive(budget, plant, 11, () => ({ celsius: 60, throttled: true }))
  t.same([...new Set(hot.map(({ level }) => Math.round(level * 10) / 10))], [1, 0.9, 0.8, 0.7])
  t.match(budget.state(), { limitedBy: 'throttled', target: null, actual: null })
  const low = budget.state().level
  const cooler = drive(budget, plant, 60, () => ({ celsius: 60 }))
  t.ok(from(cooler, 0, 15).every(({ level }) => level <= low))
  t.ok(cooler.at(-1)!.level > low + 0.2)
  drive(budget, plant, 30, () => ({ celsius: 60 }))
  t.match(budget.state(), { level: 1, limitedBy: null })
  drive(budget, plant, 60, () => ({ celsius: 60, throttled: true }))
  t.match(budget.state(), { level: 0, limitedBy: 'throttled', atFloor: true })
})

t.test('one costly frame after a long gap moves nothing', async t => {
  const budget = budgetOf({ millijoulesPerFrame: 5 })
  const sample = { millijoules: 2, milliseconds: 1, watts: 0, celsius: null, throttled: false }
  for (let atMs = 0; atMs <= 10_000; atMs += 100) budget.observe({ ...sample, atMs })
  budget.observe({ ...sample, atMs: 600_000, millijoules: 40 })
  t.equal(budget.state().level, 1)
})

t.test("a gap does not pass for the camera's rate", async t => {
  const budget = budgetOf({ millijoulesPerFrame: 5 })
  const sample = { millijoules: 9, milliseconds: 1, watts: 0, celsius: null, throttled: false }
  for (let atMs = 0; atMs <= 6000; atMs += 100) budget.observe({ ...sample, atMs })
  budget.observe({ ...sample, atMs: 600_000 })
  const { level, effort } = budget.state()
  t.ok(level > 0.1 && level < 0.55, `level ${level}`)
  const usual = effortAt(level, { fps: 10, minFps: 1 })
  t.ok(Math.abs(effort.lookEveryMs / usual.lookEveryMs - 1) < 0.05)
})

t.test('the first frames, which always get a full look, move nothing', async t => {
  const budget = budgetOf({ millijoulesPerFrame: 1 })
  const sample = { millijoules: 40, milliseconds: 1, watts: 0, celsius: null, throttled: false }
  for (let atMs = 0; atMs < 2000; atMs += 100) budget.observe({ ...sample, atMs })
  t.equal(budget.state().level, 1)
  budget.observe({ ...sample, atMs: 2000 })
  t.ok(budget.state().level < 1)
})
