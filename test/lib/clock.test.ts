import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { cpuMs, isoTime, monotonicMs, wallMs, wallMsOf } from '../../src/lib/clock.js'

t.test('the monotonic clock moves forward in fractions of a millisecond', async t => {
  const before = monotonicMs()
  t.ok(monotonicMs() >= before)
  t.ok(Math.abs(wallMs() - Date.now()) < 1000)
})

t.test('a time is told as ISO 8601 in UTC', async t => {
  t.equal(isoTime(1_700_000_000_123), '2023-11-14T22:13:20.123Z')
  t.equal(wallMsOf('2023-11-14T22:13:20.123Z'), 1_700_000_000_123, 'and read again')
})

t.test('a written time is understood as ISO 8601 and as HTTP writes it', async t => {
  t.equal(wallMsOf('2023-11-14T22:13:20.123Z'), 1_700_000_000_123)
  t.equal(wallMsOf('Tue, 14 Nov 2023 22:13:20 GMT'), 1_700_000_000_000)
  t.ok(Number.isNaN(wallMsOf('soon')))
})

t.test('work takes processor time, waiting takes none', async t => {
  const idleFrom = cpuMs()
  await sleep(150)
  const idle = cpuMs() - idleFrom
  const busyFrom = cpuMs()
  const until = monotonicMs() + 150
  let sum = 0
  while (monotonicMs() < until) sum += Math.sqrt(sum + 1)
  // other processes take part of the time away
  const busy = cpuMs() - busyFrom
  t.ok(busy > 15 && busy < 400, `${busy} ms of work`)
  t.ok(idle < busy, `${idle} ms while waiting`)
})
