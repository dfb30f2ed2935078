import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { watchRuntime } from '../../src/metrics/runtime.js'

t.test('a blocked event loop shows as lag, and a free one does not', async t => {
  const runtime = watchRuntime({ turnoverMs: 400 })
  t.teardown(runtime.close)
  await sleep(100)
  const until = process.hrtime.bigint() + 150_000_000n
  while (process.hrtime.bigint() < until);
  await sleep(50)
  const blocked = runtime.read()
  t.ok(blocked.eventLoopLagMs.p99 > 100, `${blocked.eventLoopLagMs.p99} ms`)
  t.ok(blocked.rssBytes > 1e7)
  await sleep(500)
  t.ok(runtime.read().eventLoopLagMs.p99 < blocked.eventLoopLagMs.p99, 'old lag is forgotten')
})
