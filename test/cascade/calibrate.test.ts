import t from 'tap'
import { probabilityOf } from '../../src/cascade/calibrate.js'

const person = (score: number) => ({ label: 'person', score })

t.test('a model without calibration is taken at its word', async t => {
  t.equal(probabilityOf(person(0.37), undefined), 0.37)
})

t.test('the identity leaves scores as they are', async t => {
  for (const score of [0.1, 0.5, 0.93]) {
    const p = probabilityOf(person(score), { slope: 1, offset: 0 })
    t.ok(Math.abs(p - score) < 1e-12, `${p}`)
  }
})

t.test('a slope above 1 sharpens, an offset shifts, order stays', async t => {
  const calibration = { slope: 2.5, offset: 0.5 }
  t.ok(Math.abs(probabilityOf(person(0.5), calibration) - 1 / (1 + Math.exp(-0.5))) < 1e-12)
  t.ok(probabilityOf(person(0.2), calibration) < 0.2)
  t.ok(probabilityOf(person(0.8), calibration) > 0.8)
  const scores = Array.from({ length: 101 }, (_, i) => probabilityOf(person(i / 100), calibration))
  t.ok(scores.every((p, i) => p > 0 && p < 1 && (i === 0 || p > scores[i - 1]!)))
})

t.test('a label with a scaling of its own gets that one', async t => {
  const calibration = { slope: 1, offset: 0, classes: { car: { slope: 1, offset: 3 } } }
  t.ok(probabilityOf({ label: 'car', score: 0.5 }, calibration) > 0.9)
  t.ok(Math.abs(probabilityOf(person(0.5), calibration) - 0.5) < 1e-12)
})
