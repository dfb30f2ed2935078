import t from 'tap'
import { createMetrics } from '../../src/metrics/registry.js'
import { eventReadings } from '../fixtures/deliveries.js'
import { attributionFixture, boardStateFixture, meterFixture } from '../fixtures/power.js'
import { expertResult, resultFixture } from '../fixtures/result.js'
import { statusFixture } from '../fixtures/status.js'

const tight = {
  limitedBy: 'watts',
  level: 0.4,
  target: 1,
  actual: 1.1,
  atFloor: false,
  moved: ['thresholds'],
} as const

t.test('metrics tell what happened, per camera, in the Prometheus text format', async t => {
  const certain = { share: 0.9, low: 0.8, high: 0.95 }
  const metrics = createMetrics({
    cameras: () => [statusFixture()],
    queue: () => ({ waiting: 1, refused: 4 }),
    live: () => ({ viewers: 2, encoded: 10, dropped: 1 }),
    clients: () => ({ clients: 1, dropped: 5 }),
    watts: () => 0.25,
    knowledge: attributionFixture().knowledge,
    meter: () => meterFixture(),
    board: () => boardStateFixture(),
    savings: () => [],
    remote: () => null,
    ...eventReadings,
    audits: () => [
      {
        camera: 'porch',
        audited: 12,
        agreement: certain,
        missed: certain,
        falsePositives: certain,
        tighten: 1,
      },
    ],
  })
  metrics.record(resultFixture())
  metrics.record(expertResult)
  metrics.record(resultFixture({ camera: 'yard', budget: tight }))
  metrics.audited('porch', { ...expertResult.energyMj, total: 20 })
  metrics.uploaded(expertResult.energyMj)
  metrics.skip('porch', 'stale')
  const text = await metrics.text()
  t.match(metrics.contentType, /text\/plain/)
  for (const line of [
    'squint_frames_total{camera="porch",stage="scout",reason="confident"} 1',
    'squint_frames_total{camera="porch",stage="expert",reason="ambiguous"} 1',
    'squint_stage_seconds_count{camera="porch",stage="scout"} 2',
    'squint_stage_seconds_count{camera="porch",stage="expert"} 1',
    'squint_frames_skipped_total{camera="porch",reason="stale"} 1',
    'squint_budget_level{camera="porch"} 1',
    'squint_budget_level{camera="yard"} 0.4',
    // one of each part
    'squint_camera_up{camera="porch"} 1',
    'squint_energy_joules_total{camera="porch",stage="expert",method="measured"} 0.15',
    'squint_energy_joules_total{camera="porch",stage="audit",method="measured"} 0.02',
    'squint_energy_joules_total{camera="_uploads",stage="expert",method="measured"} 0.15',
    'squint_temperature_celsius 61.5',
    'squint_audit_frames_total{camera="porch"} 12',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line)
  }
})
