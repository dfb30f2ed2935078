import t from 'tap'
import { createWindow } from '../../src/metrics/window.js'

t.test('an empty window knows nothing', async t => {
  const window = createWindow(4)
  t.equal(window.quantile(0.5), null)
  t.equal(window.mean(), null)
})

t.test('quantiles and mean are those of the newest numbers', async t => {
  const window = createWindow(4)
  for (const value of [1000, 4, 1, 3, 2]) window.add(value)
  t.equal(window.quantile(0), 1)
  t.equal(window.quantile(0.5), 3)
  t.equal(window.quantile(1), 4)
  t.equal(window.mean(), 2.5)
})
