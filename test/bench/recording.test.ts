import t from 'tap'
import type { Clip } from '../../src/bench/material.js'
import { openMaterial } from '../../src/bench/material.js'
import { openRecorded, record } from '../../src/bench/recording.js'
import { openWorkbench } from '../../src/bench/workbench.js'
import { configSchema } from '../../src/config/schema.js'
import { SquintError } from '../../src/lib/errors.js'
import { clipFile } from '../fixtures/clips.js'
import { modelFixture } from '../fixtures/model.js'
import { photoPath } from '../fixtures/photos.js'
import { clipOf, paperBench, personAt, recordingFixture } from '../fixtures/recording.js'

const made = recordingFixture(12, frame => frame / 20)
const clip = clipOf(made)

t.test('every frame is recorded with what the gate reads and both models see', async t => {
  let told = 0
  const recording = await record(clip, await paperBench(made), () => {
    told++
  })
  t.match(recording, { fps: 10, width: 640, height: 384 })
  t.same(recording.frames, made.frames)
  t.equal(told, 12)
})

t.test('what a look costs is told in medians, each in addition to the one before it', async t => {
  const bench = await paperBench(made)
  let frame = 0
  const recording = await record(
    clip,
    {
      ...bench,
      async open(picture) {
        const slow = frame++ === 5 ? 100 : 1
        const opened = await bench.open(picture)
        return {
          ...opened,
          timings() {
            const { decode, gate, scout, expert } = opened.timings()
            return {
              decode: slow * decode,
              gate: slow * gate,
              scout: slow * scout,
              expert: slow * expert,
              remote: 0,
            }
          },
        }
      },
    },
    () => {},
  )
  t.same(recording.costs, made.costs, 'one slow moment changes nothing')
})

t.test('a recorded frame opens as it was, and takes what it takes in the median', async t => {
  const opened = openRecorded(made, made.frames[4]!, modelFixture())
  t.match(opened, { width: 640, height: 384 })
  t.same(opened.timings(), { decode: 0, gate: 0, scout: 0, expert: 0, remote: 0 })
  const luma = new Uint8Array(160 * 96)
  await opened.thumbnail(luma)
  t.same(luma, made.frames[4]!.luma)
  t.equal(
    opened.gate(() => 7),
    7,
  )
  t.match(opened.timings(), { decode: 1, gate: 0.25, scout: 0, expert: 0 })
  t.same(await opened.scout(0.2), [personAt(0.2, 0.35)])
  t.same(await opened.scout(0.36), [])
  const { thresholds } = modelFixture()
  t.same(await opened.expert(), { detections: [personAt(0.2, 0.8)], at: 'local', thresholds })
  t.same((await opened.expert(0.81)).detections, [])
  t.match(opened.timings(), { decode: 3, gate: 0.25, scout: 10, expert: 40 })
})

t.test('a real clip is recorded with the real models', async t => {
  const bench = await openWorkbench(configSchema.parse({}))
  t.teardown(bench.close)
  const path = clipFile(t.testdir({}), { source: { photo: photoPath(6) }, seconds: 1, fps: 4 })
  const material = await openMaterial(path)
  const recording = await record(material as Clip, bench, () => {})
  t.match(recording, { fps: 4, width: 320, height: 240 })
  t.equal(recording.frames.length, 4)
  for (const { luma, scout, expert } of recording.frames) {
    t.ok(new Set(luma).size > 20, 'a picture, not a plain')
    t.ok(scout.some(({ label }) => label === 'person'))
    t.ok(expert.some(({ label }) => label === 'person'))
  }
  const { read, scout, expert } = recording.costs
  t.ok(read.decode > 0 && scout.scout > 0 && expert.expert > 0)
  t.same([read.scout, read.expert, scout.expert, scout.gate, expert.scout], [0, 0, 0, 0, 0])
})

t.test('a clip that is too short or too long is refused', async t => {
  const bench = await paperBench(made)
  await t.rejects(
    record(clip, bench, () => {}, 11),
    {
      code: 'CONFIG_INVALID',
      message: '/nowhere/porch.mp4: expected at most 11 frames, found more',
    },
  )
  t.equal((await record(clip, bench, () => {}, 12)).frames.length, 12)
  const short = recordingFixture(2)
  await t.rejects(
    record(clipOf(short), await paperBench(short), () => {}),
    {
      code: 'CONFIG_INVALID',
      message: '/nowhere/porch.mp4: expected at least 3 frames, found 2',
    },
  )
})

t.test('a frame that cannot be read is named', async t => {
  const bench = await paperBench(made)
  const open = async () => {
    throw new SquintError('PICTURE_BROKEN', 'torn')
  }
  await t.rejects(
    record(clip, { ...bench, open }, () => {}),
    { code: 'PICTURE_BROKEN', message: 'frame 0: torn' },
  )
})
