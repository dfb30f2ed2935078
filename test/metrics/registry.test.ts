import t from 'tap'
import { createMetrics } from '../../src/metrics/registry.js'
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
  const metrics = createMetrics({
    cameras: () => [
      statusFixture({ id: 'porch', dropped: 3 }),
      statusFixture({ id: 'yard', state: 'waiting', restarts: 2 }),
    ],
    queue: () => ({ waiting: 1, refused: 4 }),
    live: () => ({ viewers: 2, encoded: 10, dropped: 1 }),
    clients: () => ({ clients: 1, dropped: 5 }),
    watts: () => 0.25,
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
  metrics.record(resultFixture())
  metrics.record(expertResult)
  metrics.record(resultFixture({ camera: 'yard', budget: tight }))
  metrics.skip('porch', 'stale')
  const text = await metrics.text()
  t.match(metrics.contentType, /text\/plain/)
  for (const line of [
    'squint_frames_total{camera="porch",stage="scout",reason="confident"} 1',
    'squint_frames_total{camera="porch",stage="expert",reason="ambiguous"} 1',
    'squint_stage_seconds_count{camera="porch",stage="scout"} 2',
    'squint_stage_seconds_count{camera="porch",stage="expert"} 1',
    'squint_energy_joules_total{camera="porch",stage="expert",method="modelled"} 0.15',
    'squint_frames_skipped_total{camera="porch",reason="stale"} 1',
    'squint_camera_up{camera="porch"} 1',
    'squint_camera_up{camera="yard"} 0',
    'squint_camera_dropped_total{camera="porch"} 3',
    'squint_camera_restarts_total{camera="yard"} 2',
    'squint_inference_waiting 1',
    'squint_inference_refused_total 4',
    'squint_live_viewers 2',
    'squint_ws_dropped_total 5',
    'squint_power_watts 0.25',
    'squint_budget_level{camera="porch"} 1',
    'squint_budget_level{camera="yard"} 0.4',
    'squint_audit_frames_total{camera="porch"} 12',
    'squint_audit_agreement_ratio{camera="porch",bound="value"} 0.9',
    'squint_audit_agreement_ratio{camera="porch",bound="low"} 0.8',
    'squint_audit_agreement_ratio{camera="porch",bound="high"} 0.95',
    'squint_audit_missed_ratio{camera="porch",bound="value"} 0.1',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line)
  }
  t.notMatch(text, 'squint_audit_false_positives_ratio{', 'nothing was counted yet')
  t.equal(
    await metrics.text().then(again => /squint_inference_refused_total (\d+)/.exec(again)?.[1]),
    '4',
    'a second scrape does not count twice',
  )
})
