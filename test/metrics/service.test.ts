import t from 'tap'
import { createServiceStats } from '../../src/metrics/service.js'
import { energyOfBoard } from '../fixtures/energy.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

const audit = {
  audited: 12,
  agreement: { share: 0.9, low: 0.8, high: 0.95 },
  missed: { share: 0.1, low: 0.05, high: 0.2 },
  falsePositives: { share: null, low: 0, high: 1 },
  tighten: 1.1,
}

t.test('the whole service adds up over its cameras', async t => {
  const cameras = new Map(['porch', 'yard'].map(id => [id, pushCamera(id)]))
  t.teardown(() => Promise.all([...cameras.values()].map(camera => camera.close())))
  const stats = createServiceStats({
    version: '1.2.3',
    models: { scout: 'small', expert: 'large' },
    cameras,
    energy: await energyOfBoard('Raspberry Pi 5'),
    queue: () => ({ waiting: 0, refused: 0 }),
    live: () => ({ viewers: 0, encoded: 0, dropped: 0 }),
    clients: () => ({ clients: 0, dropped: 0 }),
    auditOf: camera => (camera === 'porch' ? audit : undefined),
  })
  t.teardown(stats.close)
  stats.publish(resultFixture())
  stats.publish({ ...expertResult, camera: 'yard' })
  stats.audited('porch', { ...expertResult.energyMj, total: 20 })
  t.equal(stats.skip('yard', 'failed'), 1)
  t.equal(stats.skip('yard', 'failed'), 2)
  t.match(stats.snapshot(), {
    version: '1.2.3',
    models: { scout: 'small', expert: 'large' },
    power: { board: 'Raspberry Pi 5', method: 'modelled', uncertainty: 0.5, joules: 0.2855 },
    cameras: [
      { id: 'porch', status: { id: 'porch' }, analysed: 1, failed: 0, audit },
      { id: 'yard', analysed: 1, failed: 2, audit: null },
    ],
  })
  const text = await stats.metrics.text()
  t.match(text, 'squint_frames_skipped_total{camera="yard",reason="failed"} 2')
  t.match(text, 'squint_energy_joules_total{camera="porch",stage="audit",method="modelled"} 0.02\n')
  t.match(text, 'squint_audit_frames_total{camera="porch"} 12\n')
  t.notMatch(text, 'squint_audit_frames_total{camera="yard"}')
  t.match(text, /squint_camera_up\{camera="porch"\} 0/)
})
