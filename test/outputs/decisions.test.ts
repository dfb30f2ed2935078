import t from 'tap'
import { createDecisions } from '../../src/outputs/decisions.js'
import { person } from '../fixtures/detection.js'
import { resultFixture } from '../fixtures/result.js'

const result = (id: number, camera = 'porch') =>
  resultFixture({ camera, frame: { ...resultFixture().frame, id } })

const ids = (decisions: ReturnType<ReturnType<typeof createDecisions>['list']>) =>
  decisions.map(({ frame }) => frame.id)

t.test('a decision is all that a frame was decided on, without what was in view', async t => {
  const decisions = createDecisions()
  const candidates = [
    { ...person(0.1), probability: 0.97, meaning: 'certain', low: 0.2, high: 0.5 },
  ] as const
  decisions.add(result(7), candidates)
  const { detections, ...rest } = result(7)
  t.same(decisions.list('porch', 1), [{ ...rest, candidates }])
  t.equal(detections.length, 1)
})

t.test('the newest come first, up to the frame that is asked for', async t => {
  const decisions = createDecisions()
  for (let id = 1; id <= 9; id++) decisions.add(result(id), [])
  t.same(ids(decisions.list('porch', 3)), [9, 8, 7])
  t.same(ids(decisions.list('porch', 2, 5)), [5, 4])
  t.same(ids(decisions.list('porch', 20, 2)), [2, 1])
  t.same(decisions.list('porch', 20, 0), [])
})

t.test('each camera has its own, and only the last ones', async t => {
  const decisions = createDecisions(3)
  for (let id = 1; id <= 5; id++) decisions.add(result(id), [])
  decisions.add(result(1, 'yard'), [])
  t.same(ids(decisions.list('porch', 20)), [5, 4, 3])
  t.same(ids(decisions.list('yard', 20)), [1])
  t.same(decisions.list('cellar', 20), [])
})
