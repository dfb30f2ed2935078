import t from 'tap'
import type { Detection } from '../../src/cascade/detection.js'
import { judge } from '../../src/cascade/policy.js'

function candidate(score: number): Detection {
  return { label: 'person', classId: 0, score, box: { x: 0, y: 0, width: 0.1, height: 0.1 } }
}

t.test('nothing in a simple picture ends empty', async t => {
  t.same(judge([], 0.1, 0.5, 0.6), { escalate: false, reason: 'empty' })
})

t.test('candidates that are all certain end confident', async t => {
  t.same(judge([candidate(0.9), candidate(0.5)], 0.1, 0.5, 0.6), {
    escalate: false,
    reason: 'confident',
  })
})

t.test('one candidate in doubt asks the expert', async t => {
  t.same(judge([candidate(0.9), candidate(0.49)], 0.1, 0.5, 0.6), {
    escalate: true,
    reason: 'ambiguous',
  })
})

t.test('a picture too complex for the scout asks the expert', async t => {
  t.same(judge([], 0.61, 0.5, 0.6), { escalate: true, reason: 'complex' })
})
