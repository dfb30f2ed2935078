import { Registry } from 'prom-client'
import t from 'tap'
import { addFlowMetrics } from '../../src/metrics/flow-metrics.js'
import { createGauges } from '../../src/metrics/gauges.js'
import { statusFixture } from '../fixtures/status.js'

t.test('cameras, queue and viewers tell what went through and what was lost', async t => {
  const registry = new Registry()
  addFlowMetrics(createGauges(registry), {
    cameras: () => [
      statusFixture({ id: 'porch', dropped: 3, lost: 1 }),
      statusFixture({ id: 'yard', state: 'waiting', restarts: 2 }),
    ],
    queue: () => ({ waiting: 1, refused: 4 }),
    live: () => ({ viewers: 2, encoded: 10, dropped: 1 }),
    clients: () => ({ clients: 6, dropped: 5 }),
  })
  const text = await registry.metrics()
  for (const line of [
    'squint_camera_up{camera="porch"} 1',
    'squint_camera_up{camera="yard"} 0',
    'squint_camera_fps{camera="porch"} 9.9',
    'squint_camera_frames_total{camera="porch"} 12',
    'squint_camera_dropped_total{camera="porch"} 3',
    'squint_camera_lost_total{camera="porch"} 1',
    'squint_camera_restarts_total{camera="yard"} 2',
    'squint_inference_waiting 1',
    'squint_inference_refused_total 4',
    'squint_live_viewers 2',
    'squint_live_encoded_total 10',
    'squint_live_dropped_total 1',
    'squint_ws_clients 6',
    'squint_ws_dropped_total 5',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line)
  }
})
