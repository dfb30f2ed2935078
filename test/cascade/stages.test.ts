import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createPlacer } from '../../src/cascade/input.js'
import type { RemoteExpert } from '../../src/cascade/remote/remote-expert.js'
import type { Detector } from '../../src/cascade/session.js'
import { createStages } from '../../src/cascade/stages.js'
import type { Model } from '../../src/cascade/zoo.js'
import { createImageCodec } from '../../src/frame/image.js'
import { createViewer } from '../../src/frame/view.js'
import { rgbToYuv } from '../../src/frame/yuv.js'
import { inputFixture, modelFixture } from '../fixtures/model.js'
import { photo } from '../fixtures/photos.js'

const codec = createImageCodec()
const input = { width: 320, height: 192 }

/** A detector that always sees the same, and remembers what it was given. */
function paper(changes: Partial<Model>, rows: number[]) {
  const model = modelFixture(changes as Partial<ReturnType<typeof modelFixture>>)
  const given: unknown[] = []
  const detector: Detector = {
    model,
    place: createPlacer(model.input),
    async run(rgb, placed, minScore) {
      given.push(rgb.length, placed, minScore)
      // as long as a small network takes
      const until = process.hrtime.bigint() + 2_000_000n
      while (process.hrtime.bigint() < until);
      return Float32Array.from(rows)
    },
    async close() {},
  }
  return { detector, given }
}

const scout = paper({ role: 'scout' }, [0, 0, 50, 90, 0.9, 0, 100, 0, 150, 90, 0.1, 2])
const tall = inputFixture({ ...input, fit: 'letterbox-centre' })
const expert = paper({ role: 'expert', input: tall }, [112, 0, 160, 192, 0.8, 0])
const open = createStages({
  view: createViewer({ codec, preview: input, largest: input }),
  scout: scout.detector,
  expert: expert.detector,
})

t.test('a stage that is not asked takes no time', async t => {
  const opened = await open({ format: 'encoded', data: photo(1) })
  t.match(opened, { width: 1920, height: 1280 })
  t.match(opened.timings(), { gate: 0, scout: 0, expert: 0, remote: 0 })
  t.ok(opened.timings().decode > 0)
})

t.test('what each stage takes is added up, unpacking by itself', async t => {
  const opened = await open({ format: 'encoded', data: photo(1) })
  const header = opened.timings().decode
  await opened.thumbnail(new Uint8Array(96 * 160))
  const unpacked = opened.timings().decode
  t.ok(unpacked > header)
  t.equal(
    opened.gate(() => 'seen'),
    'seen',
  )
  await opened.scout(0.2)
  const once = opened.timings()
  t.ok(once.gate > 0 && once.scout >= 2)
  t.equal(once.expert, 0)
  await opened.scout(0.2)
  await opened.expert(0.2)
  t.ok(opened.timings().scout >= once.scout + 2)
  t.ok(opened.timings().expert >= 2)
})

t.test('a network is asked from a floor up and answers in shares of the picture', async t => {
  const opened = await open(rgbToYuv(new Uint8Array(48 * 96 * 3), 48, 96))
  t.match(await opened.scout(0.2), [{ label: 'person', score: 0.9, box: { x: 0, y: 0 } }])
  t.match(await opened.scout(0.05), [{ label: 'person' }, { label: 'car', score: 0.1 }])
  expert.given.length = 0
  t.match(await opened.expert(0.3), {
    detections: [{ box: { x: 0, y: 0, width: 0.5, height: 1 } }],
    at: 'local',
    thresholds: { low: 0.2 },
  })
  t.same(expert.given, [96 * 192 * 3, { left: 112, top: 0, width: 96, height: 192 }, 0.3])
})

t.test(
  'what is not asked for in particular is all that the expert does not call absent',
  async t => {
    const opened = await open(rgbToYuv(new Uint8Array(48 * 96 * 3), 48, 96))
    expert.given.length = 0
    await opened.expert()
    t.equal(expert.given[2], 0.2)
  },
)

/** A server of paper that takes its time and answers, or does not. */
function elsewhere(answer: Float32Array | undefined, admits = true, alone = false) {
  const model = modelFixture({ role: 'expert', thresholds: { low: 0.1, high: 0.4 } })
  const remote: RemoteExpert = {
    model,
    place: createPlacer(model.input),
    admits: () => admits,
    async run(_, __, ___, wait) {
      await wait(sleep(30))
      return answer
    },
    close() {},
  }
  let away = 0
  const open = createStages({
    view: createViewer({ codec, preview: input, largest: input }),
    scout: scout.detector,
    expert: expert.detector,
    remote,
    ...(!alone && {
      away<T>(wait: Promise<T>): Promise<T> {
        away++
        return wait
      },
    }),
  })
  return { open, away: () => away }
}

t.test('an expert elsewhere is waited for, which is no work', async t => {
  const { open, away } = elsewhere(Float32Array.of(0, 0, 160, 96, 0.15, 0))
  const opened = await open({ format: 'encoded', data: photo(1) })
  expert.given.length = 0
  t.match(await opened.expert(), {
    detections: [{ label: 'person', score: 0.15 }],
    at: 'remote',
    thresholds: { low: 0.1, high: 0.4 },
  })
  t.same([expert.given.length, away()], [0, 1])
  const { remote, expert: work } = opened.timings()
  t.ok(remote >= 29, `${remote} ms`)
  t.ok(work < 20, `${work} ms`)
})

t.test('where it gives no answer, the expert here looks, by its own thresholds', async t => {
  const silent = await elsewhere(undefined, true, true).open({ format: 'encoded', data: photo(1) })
  t.match(await silent.expert(), {
    detections: { length: 1 },
    at: 'local',
    thresholds: { low: 0.2 },
  })
  t.ok(silent.timings().remote >= 29 && silent.timings().expert >= 2, 'both took their time')
  const down = elsewhere(undefined, false)
  const opened = await down.open({ format: 'encoded', data: photo(1) })
  t.match(await opened.expert(), { at: 'local' })
  t.same([opened.timings().remote, down.away()], [0, 0])
})

t.test('a picture that cannot be read is refused by its code', async t => {
  await t.rejects(open({ format: 'encoded', data: Buffer.from('none') }), {
    code: 'PICTURE_UNSUPPORTED',
  })
  const torn = await open({ format: 'encoded', data: photo(2).subarray(0, 50_000) })
  await t.rejects(torn.thumbnail(new Uint8Array(96 * 160)), { code: 'PICTURE_BROKEN' })
})
