import t from 'tap'
import { activationOf, argmax, bestClasses, sigmoid } from '../../../src/cascade/decode/scores.js'

t.test('probabilities stay, logits go through a sigmoid and back', async t => {
  const stay = activationOf('probability')
  t.same([stay.toScore(0.3), stay.toRaw(0.3)], [0.3, 0.3])
  const { toScore, toRaw } = activationOf('logit')
  t.equal(toScore(0), 0.5)
  t.ok(Math.abs(toScore(toRaw(0.02)) - 0.02) < 1e-12)
  t.same([toRaw(0), toRaw(1)], [-Infinity, Infinity])
  t.equal(sigmoid(-Infinity), 0)
})

t.test('the largest of a part of a tensor is found, the first of equals', async t => {
  const data = Float32Array.from([9, 1, 3, 3, 2, 9])
  t.equal(argmax(data, 1, 5), 2)
  t.equal(argmax(data, 4, 5), 4)
})

t.test(
  'every cell of a class-major tensor gets its best class, whatever was there before',
  async t => {
    const best = { score: Float32Array.of(9, 9), classId: Uint16Array.of(7, 7) }
    bestClasses(Float32Array.from([0, 0, 0.1, 0.5, 0.4, 0.2, 0.3, 0.6]), 2, 3, best)
    t.same([...best.classId], [1, 2])
    t.same([...best.score], [...Float32Array.of(0.4, 0.6)])
  },
)
