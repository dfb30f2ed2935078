import { Registry } from 'prom-client'
import t from 'tap'
import type { RemoteStatus } from '../../src/cascade/remote/status.js'
import { createGauges } from '../../src/metrics/gauges.js'
import { addRemoteMetrics } from '../../src/metrics/remote-metrics.js'
import { remoteStatusFixture } from '../fixtures/remote-status.js'

async function textOf(status: RemoteStatus | null): Promise<string> {
  const registry = new Registry()
  addRemoteMetrics(createGauges(registry), { remote: () => status })
  return registry.metrics()
}

t.test('a server that is asked is up, and what it failed at is counted by why', async t => {
  const text = await textOf(remoteStatusFixture())
  for (const line of [
    'squint_remote_up 1',
    'squint_remote_requests_total 40',
    'squint_remote_failures_total{reason="timeout"} 2',
    'squint_remote_failures_total{reason="refused"} 1',
    'squint_remote_fallbacks_total 9',
  ]) {
    t.match(text, `\n${line}\n`)
  }
  t.match(await textOf(remoteStatusFixture({ state: 'half-open' })), '\nsquint_remote_up 0\n')
})

t.test('without one there is nothing to tell', async t => {
  t.notMatch(await textOf(null), /^squint_/m)
})
