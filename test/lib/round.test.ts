import t from 'tap'
import { round } from '../../src/lib/round.js'

t.test('numbers keep so many decimals', async t => {
  t.equal(round(157.29603899968788, 3), 157.296)
  t.equal(round(-0.00004, 4), -0)
  t.equal(round(12, 0), 12)
})
