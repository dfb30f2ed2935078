import { join } from 'node:path'
import t from 'tap'
import type { Depth } from '../../src/cascade/detection.js'
import { createPlacer } from '../../src/cascade/input.js'
import { createLooker, type LookerOptions } from '../../src/cascade/look.js'
import type { Detector } from '../../src/cascade/session.js'
import { openDetector } from '../../src/cascade/session.js'
import { findModel, readModel } from '../../src/cascade/zoo.js'
import type { Picture } from '../../src/frame/frame.js'
import { createImageCodec } from '../../src/frame/image.js'
import { createViewer } from '../../src/frame/view.js'
import { rgbToYuv } from '../../src/frame/yuv.js'
import { packageRoot } from '../../src/lib/package.js'
import { inputFixture, modelFixture } from '../fixtures/model.js'
import { photo } from '../fixtures/photos.js'

const codec = createImageCodec()
const input = { width: 320, height: 192 }

/** A detector that sees what the test says, and counts how often it is asked. */
function paper(
  role: 'scout' | 'expert',
  rows: number[][],
): Detector & { runs: number; rows: number[][] } {
  const model = modelFixture({ name: role, role })
  const self = {
    model,
    place: createPlacer(model.input),
    runs: 0,
    rows,
    async run() {
      self.runs++
      return Float32Array.from(self.rows.flat())
    },
    async close() {},
  }
  return self
}

function start(scoutRows: number[][], options: Partial<LookerOptions> = {}) {
  const scout = paper('scout', scoutRows)
  const expert = paper('expert', [[10, 10, 60, 100, 0.8, 0]])
  const look = createLooker({
    view: createViewer(codec, input),
    scout,
    expert,
    refreshSeconds: 10,
    complexityLimit: 0.6,
    ...options,
  })
  const frame = (picture: Picture, atSeconds: number, depth: Depth = 'auto') =>
    look({
      type: 'look',
      picture,
      depth,
      stream: { camera: 'porch', capturedAt: atSeconds * 1000 },
    })
  return { expert, frame, look, scout }
}

/** A plain scene of this brightness, with a bright patch if there is one. */
function scene(patch = -1): Picture {
  const rgb = new Uint8Array(320 * 192 * 3).fill(90)
  if (patch >= 0)
    for (let y = 60; y < 120; y++) rgb.fill(240, (y * 320 + patch) * 3, (y * 320 + patch + 40) * 3)
  return rgbToYuv(rgb, 320, 192)
}

t.test(
  'a camera is looked at in full first, then not at all while nothing changes, then in full when that is due',
  async t => {
    const { expert, frame, scout } = start([])
    t.match((await frame(scene(), 0)).exit, {
      stage: 'expert',
      reason: 'refresh',
      escalated: false,
    })
    for (let second = 1; second < 10; second++) {
      const look = await frame(scene(), second)
      t.match(look.exit, { stage: 'gate', reason: 'unchanged', motion: 0, complexity: 0 })
      t.match(look, { detections: [], width: 320, height: 192, timingsMs: { scout: 0, expert: 0 } })
    }
    t.match((await frame(scene(), 10)).exit, { stage: 'expert', reason: 'refresh' })
    t.same([scout.runs, expert.runs], [0, 2])
  },
)

t.test('what moves is for the scout, and ends there if all it sees is certain', async t => {
  const { expert, frame, scout } = start([
    [0, 0, 50, 90, 0.9, 0],
    [100, 0, 150, 90, 0.1, 2],
  ])
  await frame(scene(), 0)
  const look = await frame(scene(40), 0.1)
  t.match(look.exit, { stage: 'scout', reason: 'confident', escalated: false })
  t.ok(look.exit.motion > 0)
  t.match(look.detections, [{ label: 'person', score: 0.9 }])
  t.equal(look.detections.length, 1)
  t.ok(look.timingsMs.gate > 0)
  scout.rows = []
  t.match((await frame(scene(120), 0.2)).exit, { stage: 'scout', reason: 'empty' })
  t.equal(expert.runs, 1)
})

t.test('a candidate in doubt goes to the expert, whose word counts', async t => {
  const { frame } = start([[0, 0, 50, 90, 0.3, 2]])
  await frame(scene(), 0)
  const look = await frame(scene(40), 0.1)
  t.match(look.exit, { stage: 'expert', reason: 'ambiguous', escalated: true })
  t.match(look.detections, [{ label: 'person', score: 0.8 }])
})

t.test(
  'a picture that is too complex goes to the expert even if the scout sees nothing',
  async t => {
    const { look } = start([], { complexityLimit: 0.01 })
    const answer = await look({
      type: 'look',
      picture: { format: 'encoded', data: photo(3) },
      depth: 'auto',
    })
    t.match(answer.exit, { stage: 'expert', reason: 'complex', escalated: true, motion: 1 })
  },
)

t.test('a depth that is asked for is kept to', async t => {
  const { expert, look, scout } = start([[0, 0, 50, 90, 0.3, 2]])
  const picture = { format: 'encoded', data: photo(1) } as const
  const shallow = await look({ type: 'look', picture, depth: 'scout' })
  t.match(shallow.exit, { stage: 'scout', reason: 'requested' })
  t.same(shallow.detections, [], 'what is in doubt is not reported')
  const eager = await look({ type: 'look', picture, depth: 'scout', minScore: 0.25 })
  t.match(eager.detections, [{ label: 'car', score: 0.3 }])
  t.match((await look({ type: 'look', picture, depth: 'expert' })).exit, {
    stage: 'expert',
    reason: 'requested',
  })
  t.same([scout.runs, expert.runs], [2, 1])
})

t.test('a letterboxed look is told in shares of the picture', async t => {
  const asked: unknown[] = []
  const model = modelFixture({
    name: 'tall',
    role: 'expert',
    input: inputFixture({ ...input, fit: 'letterbox-centre' }),
  })
  const expert: Detector = {
    model,
    place: createPlacer(model.input),
    async run(rgb, placed, minScore) {
      asked.push(rgb.length, placed, minScore)
      return Float32Array.from([112, 0, 160, 192, 0.8, 0])
    },
    async close() {},
  }
  const { look } = start([], { expert })
  const picture = rgbToYuv(new Uint8Array(48 * 96 * 3), 48, 96)
  const { detections } = await look({ type: 'look', picture, depth: 'expert' })
  t.same(asked, [96 * 192 * 3, { left: 112, top: 0, width: 96, height: 192 }, 0.2])
  t.match(detections, [{ box: { x: 0, y: 0, width: 0.5, height: 1 } }])
})

t.test('cameras do not know of each other', async t => {
  const { look } = start([])
  const frame = (camera: string, at: number) =>
    look({ type: 'look', picture: scene(), depth: 'auto', stream: { camera, capturedAt: at } })
  await frame('porch', 0)
  t.match((await frame('yard', 10)).exit, { reason: 'refresh' })
  t.match((await frame('porch', 20)).exit, { reason: 'unchanged' })
})

t.test('a picture that cannot be read is refused by its code', async t => {
  const { look } = start([])
  const torn = { format: 'encoded', data: photo(2).subarray(0, 50_000) } as const
  await t.rejects(look({ type: 'look', picture: torn, depth: 'auto' }), { code: 'PICTURE_BROKEN' })
})

t.test('the models of the package find the people of a photograph', async t => {
  const open = async (role: 'scout' | 'expert') => {
    const model = await findModel(join(packageRoot, 'models'), role)
    return openDetector(model, await readModel(model), 1)
  }
  const [scout, expert] = await Promise.all([open('scout'), open('expert')])
  const look = createLooker({
    view: createViewer(codec, scout.model.input),
    scout,
    expert,
    refreshSeconds: 10,
    complexityLimit: 0.6,
  })
  const picture = { format: 'encoded', data: photo(6) } as const
  const { detections, timingsMs } = await look({ type: 'look', picture, depth: 'expert' })
  const people = detections.filter(({ label }) => label === 'person')
  t.ok(people.length >= 3, `${people.length} of four people`)
  t.ok(people.every(({ box }) => box.height > 0.3))
  t.ok(timingsMs.decode > 0 && timingsMs.expert > 0)
  await Promise.all([scout.close(), expert.close()])
})
