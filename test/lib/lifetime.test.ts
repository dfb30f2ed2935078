import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { openLifetime } from '../../src/lib/lifetime.js'

t.test('it ends with what it belongs to, for the same reason', async t => {
  const parent = new AbortController()
  const { signal } = openLifetime(parent.signal)
  t.notOk(signal.aborted)
  const reason = new Error('the camera is gone')
  parent.abort(reason)
  t.equal(signal.reason, reason)
  t.equal(openLifetime(parent.signal).signal.reason, reason, 'and at once where that is over')
})

t.test('it ends by itself, and what it belongs to goes on', async t => {
  const parent = new AbortController()
  const life = openLifetime(parent.signal)
  const reason = new Error('enough')
  life.abort(reason)
  t.equal(life.signal.reason, reason)
  t.notOk(parent.signal.aborted)
})

t.test('it takes no longer than it may', async t => {
  const parent = new AbortController()
  const life = openLifetime(parent.signal, 10)
  await sleep(50)
  t.match(life.signal.reason, { name: 'TimeoutError' })
  const done = openLifetime(parent.signal, 10)
  done.end()
  await sleep(50)
  t.notOk(done.signal.aborted, 'what is over in time is not late')
  life.end()
})

t.test('a thousand of them leave nothing behind', async t => {
  const parent = new AbortController()
  for (let i = 0; i < 1000; i++) {
    const life = openLifetime(parent.signal, 60_000)
    if (i % 2 === 0) life.abort()
    life.end()
  }
  t.equal(getEventListeners(parent.signal, 'abort').length, 0)
})
