import t from 'tap'
import type { Judged } from '../../src/cascade/detection.js'
import {
  answerOf,
  bandOf,
  createJudge,
  floorOf,
  judgeKnown,
  policySchema,
  questionOf,
} from '../../src/cascade/policy.js'
import { createObject } from '../../src/cascade/scene/object.js'
import { car, person, seen } from '../fixtures/detection.js'
import { modelFixture } from '../fixtures/model.js'
import { wall } from '../fixtures/thumbnail.js'

const policy = policySchema.parse({})
const thresholds = { low: 0.2, high: 0.5, classes: { car: { low: 0.1, high: 0.3 } } }
const judge = createJudge(modelFixture({ thresholds }), policy)

function judged(meaning: Judged['meaning']): Judged {
  return { ...person(0.1), probability: 0.8, meaning, low: 0.2, high: 0.5 }
}

t.test('the band of doubt is as fitted, or wider, or narrower, around its middle', async t => {
  t.same(bandOf(thresholds, 'person', 1), { low: 0.2, high: 0.5 })
  t.same(bandOf(thresholds, 'person', 0), { low: 0.35, high: 0.35 })
  t.same(bandOf(thresholds, 'person', 1.5), { low: 0.125, high: 0.575 })
  t.same(bandOf(thresholds, 'car', 1), { low: 0.1, high: 0.3 })
  t.same(bandOf({ low: 0.02, high: 0.98 }, 'person', 1.5), { low: 0, high: 1 })
})

t.test('the floor is the lowest threshold of any class', async t => {
  t.equal(floorOf({ low: 0.2, high: 0.5 }), 0.2)
  t.equal(floorOf(thresholds), 0.1)
  t.equal(floorOf(thresholds, 0), 0.2)
  t.equal(judge.floor(1), 0.1)
})

t.test('a candidate is held against the thresholds of its class', async t => {
  const candidates = judge.all([person(0.1, 0.51), person(0.4, 0.49), car(0.6, 0.31)], 1)
  t.match(candidates, [
    { label: 'person', meaning: 'certain', low: 0.2, high: 0.5, probability: 0.51 },
    { label: 'person', meaning: 'ambiguous' },
    { label: 'car', meaning: 'certain', low: 0.1, high: 0.3 },
  ])
  t.same(judge.all([person(0.1, 0.19)], 1), [], 'what is absent is no candidate')
})

t.test('what is certain but lower than the scout can be trusted with is small', async t => {
  // the fixture's input is 192 high: 12 pixels are 0.0625
  const low = { x: 0.4, y: 0.4, width: 0.05, height: 0.06 }
  t.match(judge.all([seen('person', low)], 1), [{ meaning: 'small' }])
  t.match(judge.all([seen('person', { ...low, height: 0.07 })], 1), [{ meaning: 'certain' }])
  t.match(judge.all([seen('person', low, 0.4)], 1), [{ meaning: 'ambiguous' }])
})

t.test('effort and policy both move the band', async t => {
  const candidate = person(0.1, 0.45)
  t.match(judge.all([candidate], 1), [{ meaning: 'ambiguous' }])
  t.match(judge.all([candidate], 0.5), [{ meaning: 'certain' }])
  const bold = createJudge(modelFixture({ thresholds }), { ...policy, doubt: 0.5 })
  t.match(bold.all([candidate], 1), [{ meaning: 'certain' }])
  t.ok(bold.floor(1) > judge.floor(1))
})

t.test('doubt is the variance of the number of true objects', async t => {
  t.equal(judge.doubtOf([]), 0)
  const doubt = judge.doubtOf([person(0.1, 0.5), person(0.4, 0.9)])
  t.ok(Math.abs(doubt - (0.25 + 0.09)) < 1e-9, `${doubt}`)
  const calibrated = createJudge(
    modelFixture({ thresholds, calibration: { slope: 3, offset: 0 } }),
    policy,
  )
  t.ok(calibrated.doubtOf([person(0.1, 0.9)]) < 0.01, 'a sharper score leaves less')
  t.match(calibrated.all([person(0.1, 0.9)], 1), [{ probability: 0.999 }])
})

t.test('what the scene knows settles what a score leaves open', async t => {
  const become = (meaning: Judged['meaning'], known: Parameters<typeof judgeKnown>[1]) =>
    judgeKnown(judged(meaning), known).meaning
  t.equal(become('ambiguous', 'known'), 'known')
  t.equal(become('certain', 'known'), 'certain', 'it needed no memory')
  t.equal(become('small', 'known'), 'certain')
  t.equal(become('ambiguous', 'refuted'), 'refuted')
  t.equal(become('certain', 'refuted'), 'refuted')
  t.equal(become('certain', 'new'), 'new')
  t.equal(become('small', 'new'), 'small')
  t.equal(become('ambiguous', 'ambiguous'), 'ambiguous')
})

t.test('the gravest question is asked first', async t => {
  const lost = [createObject(person(0.1), 'scout', wall(), 0)]
  const ask = (meanings: Judged['meaning'][], complexity = 0, missing: typeof lost = []) =>
    questionOf(meanings.map(judged), complexity, policy, missing)
  t.equal(ask(['new', 'small', 'ambiguous'], 0.9, lost), 'ambiguous')
  t.equal(ask(['new', 'small'], 0.9, lost), 'small')
  t.equal(ask(['certain', 'new'], 0.9, lost), 'new')
  t.equal(ask(['certain'], 0.9, lost), 'lost')
  t.equal(ask(['certain', 'known', 'refuted'], 0.81), 'complex')
  t.equal(ask(['certain', 'known', 'refuted'], 0.8), undefined)
  t.equal(ask([]), undefined)
})

t.test('an answer says whether memory was needed', async t => {
  t.equal(answerOf([]), 'empty')
  t.equal(answerOf([judged('certain')]), 'confident')
  t.equal(answerOf([judged('certain'), judged('known')]), 'known')
  t.equal(answerOf([judged('refuted')]), 'known')
})
