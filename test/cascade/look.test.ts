import { join } from 'node:path'
import t from 'tap'
import { createLooker } from '../../src/cascade/look.js'
import { type Policy, policySchema } from '../../src/cascade/policy.js'
import { openDetector } from '../../src/cascade/session.js'
import { createStages } from '../../src/cascade/stages.js'
import { findModel, readModel } from '../../src/cascade/zoo.js'
import { createImageCodec } from '../../src/frame/image.js'
import { createViewer } from '../../src/frame/view.js'
import { packageRoot } from '../../src/lib/package.js'
import { car, person } from '../fixtures/detection.js'
import { modelFixture } from '../fixtures/model.js'
import { openPaper, type PaperPicture } from '../fixtures/opened.js'
import { photo } from '../fixtures/photos.js'
import { wall } from '../fixtures/thumbnail.js'

/** Looks at one picture of paper. */
async function look(
  picture: Partial<PaperPicture>,
  options: Parameters<ReturnType<typeof createLooker>>[1],
  policy: Partial<Policy> = {},
) {
  const looker = createLooker({
    scout: modelFixture({ name: 'scout' }),
    policy: policySchema.parse({ doubtLimit: 0.6, ...policy }),
  })
  const { opened, asked, floors } = openPaper({ luma: wall(), ...picture })
  return { ...(await looker(opened, options)), asked, floors }
}

const auto = { depth: 'auto' } as const

t.test('a picture whose doubts are small ends with the scout', async t => {
  const seen = await look({ scout: [person(0.1, 0.9), car(0.5, 0.1)], expert: [car(0.5)] }, auto)
  t.match(seen, {
    asked: ['scout'],
    exit: { stage: 'scout', reason: 'confident', motion: 1, escalated: false },
    detections: [{ label: 'person', score: 0.9 }],
    candidates: [{ label: 'person', meaning: 'certain' }],
    width: 640,
    height: 384,
  })
  t.equal(seen.detections.length, 1)
  t.equal(seen.exit.grounds.doubt, 0.18)
  t.match(await look({}, auto), { exit: { reason: 'empty' }, detections: [] })
})

t.test('many small doubts together ask the expert, whose word counts', async t => {
  const scout = [person(0.1, 0.3), person(0.4, 0.4), person(0.7, 0.3)]
  t.match(await look({ scout: scout.slice(1), expert: [car(0.5)] }, auto), {
    exit: { stage: 'scout' },
  })
  t.match(await look({ scout, expert: [car(0.5), car(0.1, 0.4)] }, auto), {
    asked: ['scout', 'expert'],
    exit: { stage: 'expert', reason: 'ambiguous', escalated: true, grounds: { ambiguous: 3 } },
    detections: [{ label: 'car', score: 0.9 }],
    candidates: { length: 3 },
  })
})

t.test('a depth that is asked for is kept to', async t => {
  const picture = { scout: [person(0.1, 0.3)], expert: [car(0.5)] }
  const shallow = await look(picture, { depth: 'scout' }, { doubtLimit: 0 })
  t.match(shallow, { asked: ['scout'], exit: { stage: 'scout', reason: 'requested' } })
  t.same(shallow.detections, [], 'what is in doubt is not reported')
  t.match(await look(picture, { depth: 'expert' }), {
    asked: ['expert'],
    exit: { stage: 'expert', reason: 'requested', escalated: false, grounds: { doubt: null } },
    detections: [{ label: 'car' }],
  })
})

t.test('whoever asks for lower scores gets them', async t => {
  const picture = { scout: [person(0.1, 0.3)], expert: [car(0.5), car(0.1, 0.03)] }
  const eager = await look(picture, { depth: 'scout', minScore: 0.25 })
  t.match(eager.detections, [{ label: 'person', score: 0.3 }])
  const all = await look(picture, { depth: 'expert', minScore: 0.02 })
  t.same([all.detections.length, all.floors], [2, [0.02]])
  const strict = await look(picture, { depth: 'expert', minScore: 0.95 })
  t.same(strict.detections, [])
})

t.test('the models of the package find the people of a photograph', async t => {
  const load = async (role: 'scout' | 'expert') => {
    const model = await findModel(join(packageRoot, 'models'), role)
    return openDetector(model, await readModel(model), 1)
  }
  const [scout, expert] = await Promise.all([load('scout'), load('expert')])
  t.teardown(() => Promise.all([scout.close(), expert.close()]))
  const view = createViewer({
    codec: createImageCodec(),
    preview: scout.model.input,
    largest: expert.model.input,
  })
  const open = createStages({ view, scout, expert })
  const models = { scout: scout.model, expert: expert.model }
  const looker = createLooker({ ...models, policy: policySchema.parse({}) })
  const picture = { format: 'encoded', data: photo(6) } as const
  const { detections, timingsMs } = await looker(await open(picture), { depth: 'expert' })
  const people = detections.filter(({ label }) => label === 'person')
  t.ok(people.length >= 3, `${people.length} of four people`)
  t.ok(people.every(({ box }) => box.height > 0.3))
  t.ok(timingsMs.decode > 0 && timingsMs.expert > 0)
  t.equal(timingsMs.scout, 0)
})
