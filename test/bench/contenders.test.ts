import t from 'tap'
import {
  type Answer,
  CONTENDERS,
  type ContenderName,
  type ContenderOptions,
  createContender,
} from '../../src/bench/contenders.js'
import { openRecorded } from '../../src/bench/recording.js'
import { mean } from '../../src/bench/summary.js'
import { modelFixture } from '../fixtures/model.js'
import { paperBench, personAt, recordingFixture } from '../fixtures/recording.js'

/** Somebody walks in during the second second, and stands still from then on. */
const arrival = recordingFixture(60, frame =>
  frame < 10 ? undefined : (Math.min(frame, 20) - 10) / 20,
)

for (const name of CONTENDERS) {
  t.test(`${name} knows its name`, async t => {
    const options = { ...(await paperBench(arrival)), budgetMillijoules: 1, sparse: 1 }
    t.equal(createContender(name, options).name, name)
  })
}

/** What a contender says of every frame. */
async function answers(
  name: ContenderName,
  recording = arrival,
  changes: Partial<ContenderOptions> = {},
): Promise<Answer[]> {
  const bench = await paperBench(recording)
  const options = { ...bench, budgetMillijoules: 1000, sparse: 4, ...changes }
  const contender = createContender(name, options)
  const said: Answer[] = []
  for (const [at, frame] of recording.frames.entries()) {
    said.push(
      await contender.look(async () => openRecorded(recording, frame, modelFixture()), at * 100),
    )
  }
  return said
}

t.test('the expert on every frame shows what it is certain of', async t => {
  const said = await answers('expert-only')
  t.ok(said.every(({ stage, reason }) => stage === 'expert' && reason === 'always'))
  t.same(said[9]?.shown, [])
  t.same(said[10]?.shown, [personAt(0, 0.8)])
  t.same(said[10]?.timings, { decode: 1, gate: 0, scout: 0, expert: 20, remote: 0 })
})

t.test('the scout on every frame shows no doubtful candidate', async t => {
  const said = await answers('scout-only')
  t.ok(said.every(({ stage }) => stage === 'scout'))
  t.same(said[11]?.shown, [personAt(0.05, 0.7)])
  t.same(said[12]?.shown, [], 'of which the scout is not certain')
  t.equal(said[11]?.timings.expert, 0)
})

t.test('between two looks of the sparse expert its last word holds, at no cost', async t => {
  const said = await answers('sparse-expert')
  t.same(
    said.slice(0, 10).map(({ stage }) => stage),
    Array.from({ length: 10 }, (_, at) => (at % 4 === 0 ? 'expert' : 'gate')),
  )
  t.same(said[13]?.shown, said[12]?.shown)
  t.match(said[13], {
    reason: 'skipped',
    timings: { decode: 0, gate: 0, scout: 0, expert: 0 },
  })
})

t.test('while nothing moves, the last word of the expert that looks at motion holds', async t => {
  const said = await answers('motion+expert')
  t.equal(said[0]?.stage, 'expert', 'of the first frame nothing else is known')
  const walking = said.slice(10, 20).filter(({ reason }) => reason === 'motion')
  t.ok(walking.length > 5, 'it looks while somebody walks in')
  const last = said.at(-1)!
  t.match(last, { stage: 'gate', reason: 'unchanged' })
  t.same(last.shown, [personAt(0.5, 0.8)], 'who stands still is shown all the same')
  t.same(
    last.timings,
    { decode: 1, gate: 0.25, scout: 0, expert: 0, remote: 0 },
    'and only the gate ran',
  )
})

t.test('the cascade spares work, and shows who is there', async t => {
  const said = await answers('cascade')
  const stages = new Set(said.map(({ stage }) => stage))
  t.ok(stages.has('gate') && stages.has('expert'))
  t.match(said.at(-1)?.shown, [{ label: 'person' }])
  const costOf = (all: readonly Answer[]) =>
    mean(all.map(({ timings }) => timings.scout + timings.expert))
  t.ok(costOf(said) < 0.5 * costOf(await answers('expert-only')))
})

t.test('with a budget it spends less, and without need of one just as much', async t => {
  // somebody walks about all the time
  const busy = recordingFixture(300, frame => 0.4 + 0.35 * Math.sin(frame / 6))
  const { energy } = await paperBench(busy)
  const spent = (all: readonly Answer[]) =>
    mean(all.slice(150).map(({ timings }) => energy.attribute(timings).total))
  const free = spent(await answers('cascade', busy))
  const budgetMillijoules = 0.6 * free
  const kept = spent(await answers('cascade+budget', busy, { budgetMillijoules }))
  t.ok(kept < 0.8 * free, `${kept.toFixed(1)} of ${free.toFixed(1)} mJ`)
  t.ok(Math.abs(kept - budgetMillijoules) < 0.3 * budgetMillijoules, 'near its target')
  t.equal(spent(await answers('cascade+budget', busy, { budgetMillijoules: 1e5 })), free)
})
