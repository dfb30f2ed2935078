import t from 'tap'
import { mailbox } from '../../src/frame/mailbox.js'

const never = new AbortController().signal

t.test('the newest item wins, and the replaced ones are counted', async t => {
  const box = mailbox<{ n: number }>()
  for (let n = 1; n <= 5; n += 1) box.put({ n })
  t.equal(box.dropped, 4)
  t.same(await box.take(), { n: 5 })
  box.put({ n: 6 })
  t.same(await box.take(), { n: 6 })
  t.equal(box.dropped, 4)
})

t.test('take waits for the next item; calls that wait together share it', async t => {
  const box = mailbox<{ n: number }>()
  const takes = Promise.all([box.take(), box.take()])
  box.put({ n: 1 })
  box.put({ n: 2 })
  t.same(await takes, [{ n: 1 }, { n: 1 }])
  t.same(await box.take(), { n: 2 })
  t.equal(box.dropped, 0)
})

t.test('taken resolves once no unread item is left', async t => {
  const box = mailbox<{ n: number }>()
  await box.taken(never)
  box.put({ n: 1 })
  let taken = false
  const waiting = box.taken(never).then(() => {
    taken = true
  })
  await new Promise(setImmediate)
  t.equal(taken, false)
  await box.take()
  await waiting
  const reading = box.take()
  box.put({ n: 2 })
  await box.taken(never)
  t.same(await reading, { n: 2 })
})

t.test('taken rejects with the reason of its signal', async t => {
  const box = mailbox<{ n: number }>()
  box.put({ n: 1 })
  const stop = new AbortController()
  const waiting = box.taken(stop.signal)
  const reason = new Error('closing')
  stop.abort(reason)
  await t.rejects(waiting, reason)
  await t.rejects(box.taken(stop.signal), reason)
})

t.test('a closed box gives its last item and then undefined', async t => {
  const box = mailbox<{ n: number }>()
  box.put({ n: 1 })
  box.close()
  box.put({ n: 2 })
  t.same(await box.take(), { n: 1 })
  t.equal(await box.take(), undefined)
})

t.test('closing ends a waiting take, and closing twice is safe', async t => {
  const box = mailbox<{ n: number }>()
  const waiting = box.take()
  box.close()
  box.close()
  t.equal(await waiting, undefined)
})
