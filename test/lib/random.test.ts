import t from 'tap'
import { createRandom } from '../../src/lib/random.js'

t.test('a seed gives the same numbers every time, another seed others', async t => {
  const first = createRandom(7)
  const again = createRandom(7)
  const other = createRandom(8)
  const numbers = Array.from({ length: 5 }, first)
  t.same(Array.from({ length: 5 }, again), numbers)
  t.notSame(Array.from({ length: 5 }, other), numbers)
})

t.test('the numbers fill 0 to 1 evenly', async t => {
  const random = createRandom(1)
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) tenths[Math.floor(random() * 10)]! += 1
  t.equal(tenths.length, 10)
  for (const count of tenths) t.ok(Math.abs(count - 1000) < 120, `${count} in a tenth`)
})
