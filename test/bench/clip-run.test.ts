import t from 'tap'
import { type ClipRunOptions, runClip } from '../../src/bench/clip-run.js'
import { CONTENDERS } from '../../src/bench/contenders.js'
import { SquintError } from '../../src/lib/errors.js'
import { clipOf, paperBench, recordingFixture } from '../fixtures/recording.js'

const recording = recordingFixture(100)

async function options(changes: Partial<ClipRunOptions> = {}): Promise<ClipRunOptions> {
  const bench = await paperBench(recording)
  return {
    clip: clipOf(recording),
    names: CONTENDERS,
    loops: 1,
    open: bench.open,
    energy: bench.energy,
    contenders: { ...bench, budgetMillijoules: 1000, sparse: 4 },
    onFrame() {},
    ...changes,
  }
}

t.test('all contenders see the same frames, in an order that turns with every frame', async t => {
  const seen: number[] = []
  const names = ['scout-only', 'expert-only'] as const
  const { open, ...rest } = await options({ names })
  const runs = await runClip({
    ...rest,
    async open(picture) {
      const opened = await open(picture)
      const noting =
        <Floor, Seen>(which: number, look: (floor: Floor) => Seen) =>
        (floor: Floor) => {
          seen.push(picture.data[1]! * 10 + which)
          return look(floor)
        }
      return { ...opened, scout: noting(1, opened.scout), expert: noting(2, opened.expert) }
    },
  })
  t.same(
    runs.map(({ name, frames }) => [name, frames]),
    [
      ['expert-only', 100],
      ['scout-only', 100],
    ],
  )
  t.same(seen.slice(0, 8), [2, 1, 11, 12, 22, 21, 31, 32])
})

t.test('the expert on every frame is always there, and misses nothing of its own', async t => {
  const runs = await runClip(await options({ names: ['cascade'] }))
  t.same(
    runs.map(({ name }) => name),
    ['expert-only', 'cascade'],
  )
  const [expert, cascade] = runs
  t.match(expert?.score, { eventRecall: 1, coverage: 1, boxRecall: 1, falseShare: 0 })
  t.equal(expert?.score.outcomes.length, 2, 'two people pass')
  t.equal(cascade?.score.outcomes.length, 2)
  t.ok(cascade!.exits.expert < 20, 'the cascade asks it less')
})

t.test('every frame is accounted for, by stage, by reason and by what it took', async t => {
  const { energy, ...rest } = await options()
  for (const run of await runClip({ ...rest, energy })) {
    const { name, exits, reasons, latencyMs, millijoules, cpuMs } = run
    t.equal(exits.gate + exits.scout + exits.expert, 100, name)
    t.equal(
      Object.values(reasons).reduce((sum, count) => sum + count, 0),
      100,
    )
    t.equal(latencyMs.length, 100)
    t.equal(millijoules.length, 100)
    t.ok(cpuMs > 0)
  }
  const [expert] = await runClip({ ...rest, energy, names: [] })
  t.same(expert?.reasons, { 'expert/always': 100 })
  t.equal(
    expert?.millijoules[0],
    energy.attribute({ decode: 1, gate: 0, scout: 0, expert: 20 }).total,
  )
})

t.test('a clip can be shown again and again, as one that goes on', async t => {
  let told = 0
  const onFrame = () => {
    told++
  }
  const [expert] = await runClip(await options({ names: [], loops: 3, onFrame }))
  t.equal(expert?.frames, 300)
  t.equal(told, 300)
  t.equal(expert?.score.outcomes.length, 6)
})

t.test('a frame that cannot be read is named', async t => {
  const { open, ...rest } = await options()
  let opened = 0
  const torn = runClip({
    ...rest,
    names: [],
    async open(picture) {
      if (opened++ === 7) throw new SquintError('PICTURE_BROKEN', 'torn')
      return open(picture)
    },
  })
  await t.rejects(torn, { code: 'PICTURE_BROKEN', message: 'frame 7: torn' })
})
