import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { rateMeter } from '../../src/camera/rate.js'

t.test('the rate is that of the last pictures, and falls to 0 when none come', async t => {
  const rate = rateMeter({ windowMs: 400 })
  t.equal(rate.perSecond(), 0)
  rate.mark()
  for (let count = 0; count < 10; count += 1) {
    await setTimeout(20)
    rate.mark()
  }
  const steady = rate.perSecond()
  t.ok(steady > 20 && steady <= 51, `${steady} per second, one each 20 ms`)
  await setTimeout(100)
  t.ok(rate.perSecond() < steady)
  await setTimeout(500)
  t.equal(rate.perSecond(), 0)
})

t.test('memory stays bounded at any rate', async t => {
  const rate = rateMeter()
  for (let count = 0; count < 10_000; count += 1) rate.mark()
  t.ok(rate.perSecond() > 1000)
})
