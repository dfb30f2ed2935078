import t from 'tap'
import { createRandom } from '../../src/bench/random.js'

t.test('a seed repeats its numbers, and another gives others', async t => {
  const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed))
  t.same(draw(1), draw(1))
  t.notSame(draw(1), draw(2))
})

t.test('numbers fill 0 to 1 evenly', async t => {
  const counts = new Array(10).fill(0)
  const random = createRandom(42)
  for (let i = 0; i < 10_000; i++) counts[Math.floor(random() * 10)]++
  t.equal(counts.length, 10, 'none below 0 or from 1 up')
  // five standard deviations of a binomial count are 150
  t.ok(
    counts.every(count => Math.abs(count - 1000) < 150),
    String(counts),
  )
})
