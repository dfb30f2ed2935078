import t from 'tap'
import { apart, isReachable, isSameThing, reunite } from '../../src/events/reunion.js'
import { createRandom } from '../../src/lib/random.js'
import { tracked } from '../fixtures/observed.js'

const ASPECT = 16 / 9
const missing = (x: number, label = 'person') => ({ detection: tracked(x, { label }) })
const never = () => false
const always = () => true

t.test('distance is measured in sizes of the larger box, in pixels that are square', async t => {
  const box = { x: 0, y: 0, width: 0.09, height: 0.16 }
  t.ok(Math.abs(apart(box, { ...box, x: 0.09 }, ASPECT) - 1) < 1e-9)
  t.ok(Math.abs(apart(box, { ...box, y: 0.16 }, ASPECT) - 1) < 1e-9)
  t.ok(isReachable(box, { ...box, x: 0.085 }, ASPECT))
  t.notOk(isReachable(box, { ...box, x: 0.095 }, ASPECT))
})

t.test('nothing becomes half as large or twice as large out of sight', async t => {
  const { box } = tracked(0.5)
  const halved = { x: 0.475, y: 0.4, width: 0.048, height: 0.24 }
  t.notOk(isReachable(box, halved, ASPECT))
  t.notOk(isReachable(halved, box, ASPECT))
  t.ok(isReachable(box, { ...halved, height: 0.3 }, ASPECT))
})

t.test('who is near, of the same name, is found again; nobody twice', async t => {
  const a = missing(0.3)
  const found = reunite([tracked(0.31), tracked(0.32), tracked(0.9)], [a], ASPECT, never)
  t.same(found, [a, undefined, undefined])
  t.same(reunite([tracked(0.33, { label: 'dog' })], [a], ASPECT, always), [undefined])
})

t.test(
  'another name takes almost the same box, and labels that may stand for each other',
  async t => {
    const car = missing(0.3, 'car')
    t.same(reunite([tracked(0.303, { label: 'truck' })], [car], ASPECT, always), [car])
    t.same(reunite([tracked(0.303, { label: 'truck' })], [car], ASPECT, never), [undefined])
    t.notOk(isSameThing(tracked(0.3).box, tracked(0.33).box))
  },
)

t.test('a crowd that another model numbers anew is found again, each where it was', async t => {
  const random = createRandom(8)
  // shoulder to shoulder
  const crowd = Array.from({ length: 12 }, (_, i) => missing(0.08 + i * 0.07))
  const anew = crowd.map(({ detection }, i) => {
    const box = { ...detection.box, x: detection.box.x + 0.01 * (random() - 0.5) }
    return { ...detection, trackId: 100 - i, box }
  })
  const shuffled = anew.map((_, i) => anew[(i * 5) % 12]!)
  const found = reunite(shuffled, crowd, ASPECT, never)
  t.same(
    found,
    shuffled.map((_, i) => crowd[(i * 5) % 12]),
  )
})
