import t from 'tap'
import type { LookAnswer } from '../src/cascade/protocol.js'
import type { Result } from '../src/events/result.js'
import { createTracker } from '../src/events/tracker.js'
import type { Frame } from '../src/frame/frame.js'
import { monotonicMs } from '../src/lib/clock.js'
import { SquintError } from '../src/lib/errors.js'
import { runPipeline } from '../src/pipeline.js'
import { loadEnergyModel } from '../src/power/model.js'
import { pushCamera } from './fixtures/push-camera.js'
import { lookFixture } from './fixtures/services.js'
import { tinyYuv } from './fixtures/yuv.js'

/** Runs the loop over pictures that are given one after the other, each when the last one is done. */
async function run(looks: ((frame: Frame) => Promise<LookAnswer>)[], maxAgeMs = 60_000) {
  const camera = pushCamera()
  const results: Result[] = []
  const errors: unknown[] = []
  const skipped: string[] = []
  let given = 0
  const next = (): void => {
    if (given++ < looks.length) camera.push(tinyYuv())
    else camera.end()
  }
  const running = runPipeline({
    camera,
    cascade: { look: frame => looks[frame.id - 1]!(frame) },
    tracker: createTracker(),
    energy: await loadEnergyModel('models/energy.json', 1, 'Raspberry Pi 4'),
    maxAgeMs,
    publish(result) {
      results.push(result)
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
  return { results, errors, skipped }
}

const answer =
  (changes: Partial<LookAnswer> = {}) =>
  async (): Promise<LookAnswer> => ({
    startedAt: monotonicMs(),
    ...lookFixture,
    ...changes,
  })

t.test('a frame becomes a result that says what, when, why and at what cost', async t => {
  const { results } = await run([answer()])
  t.match(results, [
    {
      camera: 'porch',
      frame: { id: 1, capturedAt: /^20\d\d-.*Z$/, width: 640, height: 480 },
      exit: { stage: 'scout', reason: 'confident' },
      detections: [{ label: 'person', trackId: 1, zones: [] }],
      timingsMs: { decode: 4, scout: 6 },
      energyMj: { method: 'modelled', total: 9.486 },
    },
  ])
  const { frame, timingsMs } = results[0]!
  t.ok(timingsMs.queue >= 0 && timingsMs.total >= timingsMs.queue)
  t.equal(frame.ageMs, timingsMs.total)
})

t.test('an unchanged scene keeps what was in view, with its identity', async t => {
  const unchanged = {
    stage: 'gate',
    reason: 'unchanged',
    motion: 0,
    complexity: 0,
    escalated: false,
  } as const
  const { results } = await run([
    answer(),
    answer({ exit: unchanged, detections: [] }),
    answer({ detections: [] }),
  ])
  t.same(
    results.map(({ detections }) => detections.map(({ trackId }) => trackId)),
    [[1], [1], []],
  )
})

t.test('a frame that cannot be looked at is reported, and the next one is looked at', async t => {
  const torn = async () => {
    throw new SquintError('PICTURE_BROKEN', 'torn')
  }
  const { results, errors } = await run([torn, answer()])
  t.match(errors, [{ code: 'PICTURE_BROKEN' }])
  t.match(results, [{ frame: { id: 2 } }])
})

t.test('a frame that has grown too old is not looked at', async t => {
  const { results, errors, skipped } = await run([answer(), answer()], -1)
  t.same(results, [])
  t.same(skipped, ['stale', 'stale'])
  t.match(errors[0], {
    code: 'FRAME_STALE',
    message: /expected a frame at most -1 ms old, found \d+ ms/,
  })
})

t.test('the loop ends when the cascade has closed', async t => {
  const closed = async () => {
    throw new SquintError('CLOSED', 'stopping')
  }
  const { errors } = await run([closed])
  t.same(errors, [])
})
