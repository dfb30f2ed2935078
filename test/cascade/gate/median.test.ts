import t from 'tap'
import { partitionAtMedian } from '../../../src/cascade/gate/median.js'
import { createChance } from '../../fixtures/luma.js'

t.test(
  'the middle is what sorting would put there, whatever the order and however many are alike',
  async t => {
    const { uniform } = createChance()
    for (let round = 0; round < 300; round++) {
      const length = 1 + Math.floor(uniform() * 60)
      const levels = 1 + Math.floor(uniform() * 40)
      const values = Float32Array.from({ length }, () => Math.floor(uniform() * levels))
      const sorted = values.slice().sort()
      partitionAtMedian(values)
      t.equal(values[length >> 1], sorted[length >> 1])
      t.same(values.slice().sort(), sorted, 'nothing was lost')
    }
  },
)
