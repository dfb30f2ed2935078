import t from 'tap'
import type { Detection } from '../../../src/cascade/detection.js'
import { isWanted, lowestScore, toDoods } from '../../../src/outputs/http/doods-filter.js'
import { doodsRequestSchema } from '../../../src/outputs/http/schemas-doods.js'

const detection: Detection = {
  label: 'person',
  classId: 0,
  score: 0.6,
  box: { x: 0.4, y: 0.4, width: 0.2, height: 0.2 },
}
const whole = { top: 0, left: 0, bottom: 1, right: 1 }

const request = (given: object) => doodsRequestSchema.parse({ data: 'x', ...given })
const wants = (given: object) => isWanted(request(given), detection)

t.test('a label counts by its own threshold, all others by that of the asterisk', async t => {
  t.ok(wants({ detect: { '*': 60 } }))
  t.notOk(wants({ detect: { '*': 61 } }))
  t.ok(wants({ detect: { '*': 99, person: 50 } }))
  t.notOk(wants({ detect: { '*': 1, person: 70 } }))
  t.notOk(wants({ detect: { car: 1 } }))
  t.notOk(wants({}), 'nothing was asked for')
})

t.test('a region wants what touches it, or what lies in it as a whole', async t => {
  const inRegion = (edges: object, more: object = {}) =>
    wants({ regions: [{ ...whole, ...edges, detect: { person: 50 }, ...more }] })
  t.ok(inRegion({}))
  t.ok(inRegion({ right: 0.45 }))
  for (const beside of [{ right: 0.3 }, { left: 0.7 }, { bottom: 0.3 }, { top: 0.7 }])
    t.notOk(inRegion(beside), JSON.stringify(beside))
  t.ok(inRegion({ left: 0.3 }, { covers: true }))
  for (const cut of [{ right: 0.5 }, { left: 0.5 }, { bottom: 0.5 }, { top: 0.5 }])
    t.notOk(inRegion(cut, { covers: true }), JSON.stringify(cut))
  t.notOk(inRegion({}, { detect: { car: 10 } }))
  t.ok(
    wants({ detect: { person: 90 }, regions: [{ ...whole, detect: { '*': 10 } }] }),
    'what is refused anywhere may be wanted in a region',
  )
})

t.test('the models are asked from the lowest threshold up; 0 stands for their own', async t => {
  const lowest = (given: object) => lowestScore(request(given))
  t.equal(lowest({ detect: { '*': 60, person: 40 } }), 0.4)
  t.equal(lowest({ detect: { '*': 60 }, regions: [{ ...whole, detect: { dog: 20 } }] }), 0.2)
  t.equal(lowest({ detect: { '*': 0, person: 40 } }), undefined)
  t.equal(lowest({}), undefined)
})

t.test('edges are shares, confidence is percent', async t => {
  t.same(toDoods({ ...detection, score: 0.87654 }), {
    top: 0.4,
    left: 0.4,
    bottom: 0.6,
    right: 0.6,
    label: 'person',
    confidence: 87.65,
  })
})
