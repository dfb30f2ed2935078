import t from 'tap'
import type { Recording } from '../../src/bench/recording.js'
import { paretoOf, type Trial, type TuneOptions, tune } from '../../src/bench/tune.js'
import { policySchema } from '../../src/cascade/policy.js'
import { paperBench, personAt, recordingFixture } from '../fixtures/recording.js'

/** Somebody passes slowly, every three seconds. */
const recording = recordingFixture(60, frame => (frame % 30 < 20 ? (frame % 30) / 60 : undefined))

async function tuned(changes: Partial<TuneOptions> = {}): ReturnType<typeof tune> {
  const options = { recording, agreement: 0.5, maxTrials: 20, onTrial() {}, ...changes }
  return tune({ ...options, bench: await paperBench(options.recording) })
}

const { start } = await tuned({ maxTrials: 1 })
/** What the start reaches is asked for. */
const agreement = start.searched.agreement
const ordinary = await tuned({ agreement })

t.test(
  'a policy is found that agrees as often as asked, at less energy than the start',
  async t => {
    const { best, trials } = ordinary
    t.same(start.policy, policySchema.parse({}))
    t.same(ordinary.start, start)
    t.ok(best.searched.agreement >= agreement)
    t.ok(best.searched.millijoules < start.searched.millijoules)
    const reaching = trials.filter(({ searched }) => searched.agreement >= agreement)
    t.equal(
      best.searched.millijoules,
      Math.min(...reaching.map(({ searched }) => searched.millijoules)),
    )
    t.ok(trials.includes(best))
  },
)

t.test('whoever asks for less agreement gets a cheaper policy', async t => {
  const { best } = await tuned({ agreement: agreement / 3, maxTrials: 60 })
  t.ok(best.searched.millijoules < ordinary.best.searched.millijoules)
  t.ok(best.searched.agreement >= agreement / 3)
})

t.test('if nothing reaches what is asked for, the nearest is told', async t => {
  // somebody whom the scout never sees is somewhere else in every frame
  const restless: Recording = {
    ...recording,
    frames: recording.frames.map((frame, at) => ({
      ...frame,
      expert: [...frame.expert, personAt(at % 2 === 0 ? 0.02 : 0.75, 0.9)],
    })),
  }
  const { best, trials } = await tuned({ recording: restless, agreement: 0.99, maxTrials: 10 })
  t.ok(best.searched.agreement < 0.99)
  t.equal(best.searched.agreement, Math.max(...trials.map(({ searched }) => searched.agreement)))
})

t.test('the same recording gives the same policy, and the same trials, in every run', async t => {
  t.same(await tuned({ agreement }), ordinary)
})

t.test('what is held out never influences the choice', async t => {
  const nobody = recording.frames.map((frame, at) =>
    at < 40 ? frame : { ...frame, scout: [], expert: [personAt((at % 5) / 10, 0.8)] },
  )
  const other = await tuned({ agreement, recording: { ...recording, frames: nobody } })
  t.same(other.best.policy, ordinary.best.policy)
  t.same(
    other.trials.map(({ searched }) => searched),
    ordinary.trials.map(({ searched }) => searched),
  )
  t.notSame(other.best.heldOut, ordinary.best.heldOut)
})

t.test('no more policies are tried than allowed, each one once, and each is told', async t => {
  for (const maxTrials of [1, 2, 15]) {
    let told = 0
    const onTrial = () => {
      told++
    }
    const { best, start, trials } = await tuned({ maxTrials, onTrial })
    t.equal(trials.length, maxTrials)
    t.equal(told, maxTrials)
    t.equal(new Set(trials.map(({ policy }) => JSON.stringify(policy))).size, maxTrials)
    if (maxTrials === 1) t.equal(best, start)
  }
})

t.test('frames in which nobody is there, and nobody is shown, agree', async t => {
  const empty = recordingFixture(9, () => undefined)
  const { start } = await tuned({ recording: empty, maxTrials: 1 })
  t.equal(start.searched.agreement, 1)
  t.equal(start.heldOut.agreement, 1)
  t.ok(
    start.searched.millijoules > start.heldOut.millijoules,
    'the first look is in the first part',
  )
})

t.test('the best are those that no other beats in both, cheapest first', async t => {
  const policy = policySchema.parse({})
  const trial = (millijoules: number, agreement: number): Trial => ({
    policy,
    searched: { millijoules, agreement },
    heldOut: { millijoules: 0, agreement: 0 },
  })
  const [a, b, c] = [trial(1, 0.5), trial(2, 0.7), trial(4, 0.9)]
  const beaten = [trial(3, 0.6), trial(2, 0.69), trial(5, 0.9), trial(4, 0.8)]
  t.same(paretoOf([...beaten, c, a, b]), [a, b, c])
  t.same(paretoOf([]), [])
})
