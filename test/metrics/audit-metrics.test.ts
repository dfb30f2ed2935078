import { Registry } from 'prom-client'
import t from 'tap'
import { addAuditMetrics } from '../../src/metrics/audit-metrics.js'
import { createGauges } from '../../src/metrics/gauges.js'

t.test('an audit tells its shares with their intervals, once something was counted', async t => {
  const registry = new Registry()
  addAuditMetrics(createGauges(registry), {
    audits: () => [
      {
        camera: 'porch',
        audited: 12,
        agreement: { share: 0.9, low: 0.8, high: 0.95 },
        missed: { share: 0.1, low: 0.05, high: 0.2 },
        falsePositives: { share: null, low: 0, high: 1 },
        tighten: 1,
      },
    ],
  })
  const text = await registry.metrics()
  for (const line of [
    'squint_audit_frames_total{camera="porch"} 12',
    'squint_audit_agreement_ratio{camera="porch",bound="value"} 0.9',
    'squint_audit_agreement_ratio{camera="porch",bound="low"} 0.8',
    'squint_audit_agreement_ratio{camera="porch",bound="high"} 0.95',
    'squint_audit_missed_ratio{camera="porch",bound="value"} 0.1',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line)
  }
  t.notMatch(text, 'squint_audit_false_positives_ratio{', 'nothing was counted yet')
})
