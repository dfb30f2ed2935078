import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { monotonicMs } from '../../src/lib/clock.js'
import { within } from '../../src/lib/within.js'

const late = () => new Error('too late')
const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length

t.test('what comes in time is what it is, and no timer stays behind', async t => {
  const before = timers()
  t.equal(await within(60_000, Promise.resolve(7), late), 7)
  await t.rejects(within(60_000, Promise.reject(new Error('broken')), late), { message: 'broken' })
  await setTimeout(1)
  t.equal(timers(), before)
})

t.test('what does not come in time is late, and what it becomes is of no matter', async t => {
  let fail = (_error: Error) => {}
  const work = new Promise<never>((_, reject) => {
    fail = reject
  })
  const before = monotonicMs()
  await t.rejects(within(50, work, late), { message: 'too late' })
  const tookMs = monotonicMs() - before
  t.ok(tookMs >= 49 && tookMs < 300, `${tookMs} ms`)
  fail(new Error('nobody hears this'))
  await setTimeout(1)
})
