import t from 'tap'
import { createLabelVotes } from '../../src/events/label-votes.js'
import { createRandom } from '../../src/lib/random.js'

t.test('a first mistake is soon outvoted', async t => {
  const { add } = createLabelVotes()
  t.equal(add('dog', 0.5), 'dog')
  t.equal(add('person', 0.8), 'dog')
  t.equal(add('person', 0.8), 'person')
  t.equal(add('dog', 0.5), 'person')
})

t.test('a scout and an expert that never agree do not rename anything for ever', async t => {
  for (const carShare of [0.3, 0.5, 0.7]) {
    const random = createRandom(5)
    const { add } = createLabelVotes()
    const told = Array.from({ length: 20_000 }, () =>
      random() < carShare ? add('car', 0.6) : add('truck', 0.6),
    )
    const renamed = told.filter((label, i) => i > 0 && label !== told[i - 1]).length
    t.ok(renamed <= 3, `${renamed} times in 20,000 looks`)
    if (carShare !== 0.5) t.equal(told.at(-1), carShare > 0.5 ? 'car' : 'truck')
  }
})

t.test('what was believed for hours can be unlearned within some hundred looks', async t => {
  const { add } = createLabelVotes()
  for (let i = 0; i < 100_000; i++) add('cat', 0.9)
  let looks = 1
  while (add('dog', 0.9) === 'cat') looks++
  t.ok(looks < 200, `${looks}`)
})
