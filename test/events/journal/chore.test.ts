import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createChore } from '../../../src/events/journal/chore.js'
import { monotonicMs } from '../../../src/lib/clock.js'
import { until } from '../../fixtures/journal.js'

function watched(work: () => Promise<void>, everyMs = 1) {
  const begun: number[] = []
  const errors: unknown[] = []
  const healthy: number[] = []
  const chore = createChore({
    async work() {
      begun.push(monotonicMs())
      await work()
    },
    everyMs,
    onError: error => errors.push(error),
    waits: {
      next(ms) {
        healthy.push(ms)
        return 30
      },
    },
  })
  return { chore, begun, errors, healthy }
}

t.test('what comes up close together is done together', async t => {
  const { chore, begun } = watched(async () => {}, 50)
  chore.want()
  chore.want()
  t.equal(begun.length, 0, 'not at once')
  await until(() => begun.length === 1)
  chore.want()
  chore.want()
  await until(() => begun.length === 2)
  t.ok(begun[1]! - begun[0]! >= 49, `${begun[1]! - begun[0]!} ms apart`)
  await chore.close()
  t.equal(begun.length, 3, 'and a last time')
})

t.test('what comes up while it is being done is done after it', async t => {
  let finish = () => {}
  const { chore, begun } = watched(() => new Promise(resolve => (finish = resolve)))
  chore.want()
  await until(() => begun.length === 1)
  chore.want()
  await sleep(20)
  t.equal(begun.length, 1, 'never twice at a time')
  finish()
  await until(() => begun.length === 2)
  const closed = chore.close()
  finish()
  await until(() => begun.length === 3)
  chore.want()
  finish()
  await closed
  await sleep(10)
  t.equal(begun.length, 3, 'nothing after the end')
})

t.test('it is tried until it succeeds, and no sooner than it may', async t => {
  let well = false
  const { chore, begun, errors, healthy } = watched(async () => {
    if (!well) throw new Error('no')
  })
  await chore.run()
  t.equal(errors.length, 1)
  chore.want()
  await until(() => begun.length === 2)
  t.ok(begun[1]! - begun[0]! >= 29)
  well = true
  await until(() => begun.length === 3)
  await sleep(50)
  t.equal(begun.length, 3, 'once it is done nothing is left')
  well = false
  chore.want()
  await until(() => errors.length === 3)
  t.same(healthy.slice(0, 2), [0, 0])
  t.ok(healthy[2]! >= 49, 'it had been well for a while')
  await chore.close()
  await chore.close()
  t.equal(errors.length, 4)
  await sleep(50)
  t.equal(errors.length, 4, 'not tried again')
})

t.test('without being told it waits as long as cameras do', async t => {
  const errors: unknown[] = []
  const work = async () => Promise.reject(new Error('no'))
  const chore = createChore({ work, everyMs: 1, onError: error => errors.push(error) })
  await chore.run()
  await sleep(100)
  t.equal(errors.length, 1)
  await chore.close()
})
