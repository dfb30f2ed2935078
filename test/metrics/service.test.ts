import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createServiceStats, type ServiceStatsOptions } from '../../src/metrics/service.js'
import { historySchema, statsSchema } from '../../src/outputs/http/schemas-stats.js'
import { eventReadings } from '../fixtures/deliveries.js'
import {
  attributionFixture,
  boardStateFixture,
  measured,
  meterFixture,
  modelled,
  unknownBoard,
} from '../fixtures/power.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { remoteStatusFixture } from '../fixtures/remote-status.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

const audit = {
  audited: 12,
  agreement: { share: 0.9, low: 0.8, high: 0.95 },
  missed: { share: 0.1, low: 0.05, high: 0.2 },
  falsePositives: { share: null, low: 0, high: 1 },
  tighten: 1.1,
}

function start(t: Test, changes: Partial<ServiceStatsOptions> = {}) {
  const cameras = new Map(['porch', 'yard'].map(id => [id, pushCamera(id)]))
  t.teardown(() => Promise.all([...cameras.values()].map(camera => camera.close())))
  const stats = createServiceStats({
    version: '1.2.3',
    ...eventReadings,
    models: () => ({ scout: 'small', expert: 'large' }),
    cameras,
    energy: attributionFixture(),
    meter: () => meterFixture(),
    board: () => boardStateFixture(),
    batteryHours: () => 7.5,
    queue: () => ({ waiting: 0, refused: 0 }),
    live: () => ({ viewers: 0, encoded: 0, dropped: 0 }),
    clients: () => ({ clients: 0, dropped: 0 }),
    auditOf: camera => (camera === 'porch' ? audit : undefined),
    ...changes,
  })
  t.teardown(stats.close)
  return stats
}

t.test('the whole service adds up over its cameras', async t => {
  const stats = start(t)
  stats.publish(resultFixture())
  stats.publish({ ...expertResult, camera: 'yard' })
  stats.audited('porch', { ...expertResult.energyMj, total: 20 })
  t.equal(stats.skip('yard', 'failed'), 1)
  t.equal(stats.skip('yard', 'failed'), 2)
  const snapshot = stats.snapshot()
  t.match(snapshot, {
    version: '1.2.3',
    events: { journal: eventReadings.journal(), ...eventReadings.deliveries() },
    models: { scout: 'small', expert: 'large' },
    power: {
      board: 'Raspberry Pi 5 Model B Rev 1.0',
      ...measured,
      joules: 0.2855,
      idle: { watts: 2.5, scope: 'soc' },
      meter: { name: 'pmic', reading: { watts: 3.25 } },
      balance: { meterJoules: 40 },
      batteryHours: 7.5,
    },
    board: { celsius: 61.5, powerMode: '15W' },
    cameras: [
      { id: 'porch', status: { id: 'porch' }, analysed: 1, failed: 0, audit },
      {
        id: 'yard',
        analysed: 1,
        failed: 2,
        audit: null,
        energyMj: { meanByExit: { gate: null, scout: null, expert: 213 }, ...measured },
      },
    ],
  })
  t.strictSame(statsSchema.parse(snapshot), snapshot, 'what is sent is what the document says')
  const text = await stats.metrics.text()
  t.match(text, 'squint_frames_skipped_total{camera="yard",reason="failed"} 2')
  t.match(text, 'squint_energy_joules_total{camera="porch",stage="audit",method="measured"} 0.02\n')
  t.match(text, 'squint_audit_frames_total{camera="porch"} 12\n')
  t.notMatch(text, 'squint_audit_frames_total{camera="yard"}')
  t.match(text, /squint_camera_up\{camera="porch"\} 0/)
  t.match(text, 'squint_expert_only_joules_total{camera="yard"} 0.15\n')
  t.match(text, 'squint_saved_joules_total{camera="yard"} 0\n')
})

t.test('where there is no meter, no idle power and no battery, null says so', async t => {
  const stats = start(t, {
    energy: attributionFixture({ idle: () => null, balance: () => null }),
    meter: () => null,
    board: () => unknownBoard,
    batteryHours: () => null,
  })
  const snapshot = stats.snapshot()
  t.match(snapshot.power, { idle: null, meter: null, balance: null, batteryHours: null })
  t.strictSame(statsSchema.parse(snapshot), snapshot)
})

t.test('an expert elsewhere is told of, and what frames waited for it', async t => {
  const stats = start(t, { remote: () => remoteStatusFixture() })
  const waited = { ...expertResult.timingsMs, remote: 22 }
  const exit = { ...expertResult.exit, expert: 'remote' } as const
  stats.publish({ ...expertResult, exit, timingsMs: waited })
  const snapshot = stats.snapshot()
  t.match(snapshot, { remote: { state: 'closed', fallbacks: 9, failures: { timeout: 2 } } })
  t.match(snapshot.cameras[0]!.latencyMs.remote, { p50: 22, p95: 22 })
  t.strictSame(statsSchema.parse(snapshot), snapshot)
  const text = await stats.metrics.text()
  t.match(text, 'squint_remote_up 1\n')
  t.match(text, 'squint_stage_seconds_sum{camera="porch",stage="remote"} 0.022\n')
  t.equal(start(t).snapshot().remote, null)
})

t.test('uploads cost the service, and no camera', async t => {
  const stats = start(t)
  stats.publish(resultFixture())
  stats.uploaded(expertResult.energyMj)
  const { power, cameras } = stats.snapshot()
  t.equal(power.joules, 0.2655)
  t.ok(Math.abs(power.watts - 0.2655) < 1e-9)
  t.equal(stats.watts(), power.watts, 'what budgets and battery are told')
  t.match(cameras, [
    { id: 'porch', analysed: 1, energyMj: { mean: 52.5 } },
    { id: 'yard', analysed: 0, energyMj: { mean: null } },
  ])
  const text = await stats.metrics.text()
  t.match(
    text,
    'squint_energy_joules_total{camera="_uploads",stage="expert",method="measured"} 0.15\n',
  )
  await sleep(1100)
  const spent = (camera?: string) =>
    stats.history(3, camera).points.reduce((sum, { millijoules }) => sum + millijoules.expert, 0)
  t.equal(spent(), 150)
  t.equal(spent('porch'), 0)
})

t.test('what was measured stays so when the meter falls silent', async t => {
  let known = measured
  const energy = attributionFixture({ knowledge: () => ({ ...known, source: 'a test' }) })
  const stats = start(t, { energy })
  const frame = () => {
    const timings = { decode: 4, gate: 1, scout: 5, expert: 0 }
    stats.publish(resultFixture({ energyMj: energy.attribute(timings) }))
  }
  frame()
  await sleep(1010)
  known = modelled
  frame()
  await sleep(1100)
  const { points, ...now } = stats.history(4)
  t.match(now, modelled)
  const told = points.flatMap(({ method }) => method ?? [])
  t.same(told, ['measured', 'modelled'])
  t.match(stats.snapshot().cameras[0]?.energyMj, modelled)
  const text = await stats.metrics.text()
  t.match(text, '{camera="porch",stage="scout",method="measured"} 0.005\n')
  t.match(text, '{camera="porch",stage="scout",method="modelled"} 0.005\n')
  t.match(text, '\nsquint_energy_info{method="modelled",scope="process"} 1\n')
  t.notMatch(text, 'squint_energy_info{method="measured"')
  t.match(text, '\nsquint_energy_uncertainty_ratio 0.7\n')
})

t.test('the history holds every camera, and all together', async t => {
  const stats = start(t)
  stats.publish(resultFixture())
  stats.publish({ ...expertResult, camera: 'yard' })
  stats.audited('porch', { ...expertResult.energyMj, total: 20 })
  stats.measured({ watts: 3.25, at: Number(process.hrtime.bigint()) / 1e6 })
  // the thermometer is asked once a second
  await sleep(2100)
  const all = stats.history(5)
  t.match(all, { everySeconds: 1, ...measured })
  t.equal(all.points.length, 5)
  t.strictSame(historySchema.parse(all), all, 'what is sent is what the document says')
  t.ok(all.points.some(({ watts }) => watts === 3.25))
  t.ok(all.points.some(({ celsius }) => celsius === 61.5))
  const sum = (camera?: string) => {
    const { points } = stats.history(5, camera)
    return {
      frames: points.reduce((sum, point) => sum + point.frames, 0),
      audits: points.reduce((sum, point) => sum + point.millijoules.audit, 0),
    }
  }
  t.same(sum(), { frames: 2, audits: 20 })
  t.same(sum('porch'), { frames: 1, audits: 20 })
  t.same(sum('yard'), { frames: 1, audits: 0 })
  t.ok(stats.history(5, 'yard').points.some(({ celsius }) => celsius === 61.5))
})
