import t from 'tap'
import { compareLooks } from '../../src/cascade/agreement.js'
import type { Detection } from '../../src/cascade/detection.js'

function seen(x: number, label = 'person', score = 0.9): Detection {
  return { label, classId: 0, score, box: { x, y: 0.2, width: 0.2, height: 0.5 } }
}

/** An expert that would report these, and calls only the others of `barely` not absent. */
function expert(detections: Detection[], barely: Detection[] = []) {
  return { detections, candidates: [...detections, ...barely] }
}

t.test('the same objects in about the same places agree', async t => {
  t.same(compareLooks([seen(0.1), seen(0.6)], expert([seen(0.62), seen(0.11)])), {
    found: 2,
    missed: 0,
    falsePositives: 0,
  })
  t.same(compareLooks([], expert([])), { found: 0, missed: 0, falsePositives: 0 })
})

t.test('what only one of them sees is missed or false', async t => {
  t.same(compareLooks([seen(0.1), seen(0.7)], expert([seen(0.1), seen(0.4)])), {
    found: 1,
    missed: 1,
    falsePositives: 1,
  })
})

t.test('what the expert sees barely is neither missed nor false', async t => {
  const barely = [seen(0.7, 'person', 0.25)]
  t.same(compareLooks([seen(0.1), seen(0.7)], expert([seen(0.1)], barely)), {
    found: 1,
    missed: 0,
    falsePositives: 0,
  })
  t.same(compareLooks([seen(0.1)], expert([seen(0.1)], barely)), {
    found: 1,
    missed: 0,
    falsePositives: 0,
  })
})

t.test('another label, or less than half in common, is another object', async t => {
  const other = { found: 0, missed: 1, falsePositives: 1 }
  t.same(compareLooks([seen(0.1, 'dog')], expert([seen(0.1)])), other)
  // 0.12 of 0.28 in common
  t.same(compareLooks([seen(0.1)], expert([seen(0.18)])), other)
  // models may number their classes differently
  t.match(compareLooks([{ ...seen(0.1), classId: 7 }], expert([seen(0.1)])), { found: 1 })
})

t.test(
  'one shown object answers for one of the expert, the surest first and the nearest',
  async t => {
    t.same(compareLooks([seen(0.1)], expert([seen(0.1, 'person', 0.5), seen(0.12)])), {
      found: 1,
      missed: 1,
      falsePositives: 0,
    })
    // the sure one takes the nearer of two, so that the other finds its own
    const both = expert([seen(0.11), seen(0.17, 'person', 0.5)])
    t.match(compareLooks([seen(0.16), seen(0.1)], both), { found: 2 })
  },
)
