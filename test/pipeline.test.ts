import t from 'tap'
import { createBudget } from '../src/cascade/budget.js'
import type { Judged, Look, Tracked } from '../src/cascade/detection.js'
import { type Effort, FULL_EFFORT } from '../src/cascade/effort.js'
import type { BudgetSample } from '../src/cascade/gauge.js'
import type { Result } from '../src/events/result.js'
import type { Frame } from '../src/frame/frame.js'
import { monotonicMs } from '../src/lib/clock.js'
import { SquintError } from '../src/lib/errors.js'
import { type LineState, type PipelineOptions, runPipeline } from '../src/pipeline.js'
import { person } from './fixtures/detection.js'
import { energyOfBoard } from './fixtures/energy.js'
import { pushCamera } from './fixtures/push-camera.js'
import { lookFixture } from './fixtures/services.js'
import { tinyYuv } from './fixtures/yuv.js'

type Watch = (frame: Frame, effort: Effort) => Promise<Look<Tracked>>

/** An auditor that is told and does nothing. */
function silentAuditor(tighten = 1) {
  const considered: { frame: Frame; look: Look; millijoules: number }[] = []
  const nothing = { share: null, low: 0, high: 1 }
  const snapshot = { audited: 0, agreement: nothing, missed: nothing, falsePositives: nothing }
  return {
    considered,
    consider: (frame: Frame, look: Look, millijoules: number) =>
      considered.push({ frame, look, millijoules }),
    snapshot: () => ({ ...snapshot, tighten }),
  }
}

/** Runs the loop over pictures that are given one after the other, each when the last one is done. */
async function run(
  looks: Watch[],
  { heat, ...changes }: Partial<LineState & Pick<PipelineOptions, 'heat'>> = {},
) {
  const camera = pushCamera()
  const results: Result[] = []
  const candidates: (readonly Judged[])[] = []
  const errors: unknown[] = []
  const skipped: string[] = []
  const observed: (readonly [result: number, frame: number])[] = []
  const paused: true[] = []
  let given = 0
  const next = (): void => {
    if (given++ < looks.length) camera.push(tinyYuv())
    else camera.end()
  }
  const running = runPipeline({
    camera,
    cascade: { watch: (frame, effort) => looks[frame.id - 1]!(frame, effort) },
    events: {
      place: detections => detections.map(detection => ({ ...detection, zones: ['path'] })),
      observe: (result, frame) => observed.push([result.frame.id, frame.id]),
      pause() {
        paused.push(true)
        next()
      },
    },
    settings: () => ({
      budget: createBudget({ minFps: 1 }),
      auditor: silentAuditor(),
      maxAgeMs: 60_000,
      looks: true,
      ...changes,
    }),
    energy: await energyOfBoard('Raspberry Pi 4'),
    watts: () => 0.5,
    heat: heat ?? (() => ({ celsius: 60, throttled: null })),
    publish(result, seen) {
      results.push(result)
      candidates.push(seen)
      next()
    },
    onSkipped(why, error) {
      skipped.push(why)
      errors.push(error)
      next()
    },
  })
  await new Promise(setImmediate)
  next()
  await running
  await camera.close()
  return { candidates, errors, observed, paused, results, skipped }
}

const answer =
  (changes: Partial<Look<Tracked>> = {}): Watch =>
  async () => ({
    ...lookFixture,
    detections: [{ ...person(0.1), trackId: 4 }],
    startedAt: monotonicMs(),
    ...changes,
  })

t.test('a frame becomes a result that says what, when, why and at what cost', async t => {
  const seen = [
    { ...person(0.1), probability: 0.97, meaning: 'certain', low: 0.2, high: 0.5 },
  ] as const
  const { results, candidates } = await run([answer({ candidates: seen })])
  t.match(results, [
    {
      camera: 'porch',
      frame: { id: 1, capturedAt: /^20\d\d-.*Z$/, width: 640, height: 480 },
      exit: { stage: 'scout', reason: 'confident' },
      budget: null,
      detections: [{ label: 'person', trackId: 4, zones: [] }],
      timingsMs: { decode: 4, scout: 6 },
      energyMj: { method: 'modelled', total: 9.486 },
    },
  ])
  t.same(candidates, [seen])
  const { frame, timingsMs } = results[0]!
  t.ok(timingsMs.queue >= 0 && timingsMs.total >= timingsMs.queue)
  t.equal(frame.ageMs, timingsMs.total)
})

t.test('what a frame cost is told to budget and auditor', async t => {
  const auditor = silentAuditor()
  const samples: BudgetSample[] = []
  const budget = createBudget({ minFps: 1 })
  const throttled = { celsius: 81, throttled: true }
  for (const heat of [throttled, { celsius: null, throttled: null }]) {
    await run([answer()], {
      auditor,
      budget: { ...budget, observe: sample => samples.push(sample) },
      heat: () => heat,
    })
  }
  t.match(samples, [
    { millijoules: 9.486, milliseconds: 10.2, watts: 0.5, ...throttled },
    { celsius: null, throttled: false },
  ])
  t.match(auditor.considered, [
    { frame: { id: 1 }, look: { exit: { stage: 'scout' } }, millijoules: 9.486 },
    {},
  ])
})

t.test('the budget says how hard to look, and the audit how much to doubt', async t => {
  const efforts: Effort[] = []
  const look: Watch = async (frame, effort) => {
    efforts.push(effort)
    return answer()(frame, effort)
  }
  const spent = createBudget({ minFps: 1 }).state()
  await run([look], { auditor: silentAuditor(1.3) })
  const tight = { ...FULL_EFFORT, doubt: 0.7, lookEveryMs: 250 }
  const state = {
    ...spent,
    level: 0.45678,
    limitedBy: 'watts',
    target: 1,
    actual: 1.1,
    moved: ['thresholds', 'rate'],
    effort: tight,
  } as const
  const budget = { observe: () => {}, state: () => state }
  const { results } = await run([look], { auditor: silentAuditor(1.2), budget })
  t.same(efforts[0], { ...FULL_EFFORT, doubt: 1.3 })
  t.match(efforts[1], { lookEveryMs: 250 })
  t.ok(Math.abs(efforts[1]!.doubt - 0.84) < 1e-9)
  t.same(results[0]!.budget, {
    limitedBy: 'watts',
    level: 0.457,
    target: 1,
    actual: 1.1,
    atFloor: false,
    moved: ['thresholds', 'rate'],
  })
})

t.test('a frame that cannot be looked at is reported, and the next one is looked at', async t => {
  const torn: Watch = async () => {
    throw new SquintError('PICTURE_BROKEN', 'torn')
  }
  const { results, errors } = await run([torn, answer()])
  t.match(errors, [{ code: 'PICTURE_BROKEN' }])
  t.match(results, [{ frame: { id: 2 } }])
})

t.test('a frame that has grown too old is not looked at', async t => {
  const { results, errors, skipped } = await run([answer(), answer()], { maxAgeMs: -1 })
  t.same(results, [])
  t.same(skipped, ['stale', 'stale'])
  t.match(errors[0], {
    code: 'FRAME_STALE',
    message: /expected a frame at most -1 ms old, found \d+ ms/,
  })
})

t.test('while detection is off frames come and nobody looks at them', async t => {
  const unasked: Watch = async () => t.fail('nobody is asked') as never
  const { errors, observed, paused, results, skipped } = await run([unasked, unasked], {
    looks: false,
  })
  t.same(paused, [true, true])
  t.same([errors, observed, results, skipped], [[], [], [], []])
})

t.test('objects are placed before the result is told, and followed after it', async t => {
  const { observed, results } = await run([answer(), answer()])
  t.same(results[0]!.detections[0]!.zones, ['path'])
  t.same(observed, [
    [1, 1],
    [2, 2],
  ])
})

t.test('the loop ends when the cascade has closed', async t => {
  const closed: Watch = async () => {
    throw new SquintError('CLOSED', 'stopping')
  }
  const { errors } = await run([closed])
  t.same(errors, [])
})
