import { Registry } from 'prom-client'
import t from 'tap'
import { CAMERA_ID } from '../../src/camera/config.js'
import { createGauges } from '../../src/metrics/gauges.js'
import { addPowerMetrics } from '../../src/metrics/power-metrics.js'
import type { MeterStatus } from '../../src/power/meters/meter.js'
import { attributionFixture, meterFixture, modelled } from '../fixtures/power.js'
import { expertResult, resultFixture } from '../fixtures/result.js'

function start(meter: MeterStatus | null) {
  const registry = new Registry()
  const metrics = addPowerMetrics(registry, createGauges(registry), {
    watts: () => 0.25,
    knowledge: attributionFixture().knowledge,
    meter: () => meter,
    savings: () => [{ camera: 'porch', expertOnlyJoules: 30, savedJoules: 20 }],
  })
  return { metrics, text: () => registry.metrics() }
}

t.test('a meter tells its rails, their total and its joules', async t => {
  const text = await start(meterFixture()).text()
  for (const line of [
    'squint_power_watts{rail="VDD_CORE"} 2.25',
    'squint_power_watts{rail="3V3_SYS"} 1',
    'squint_power_watts{rail="total"} 3.25',
    'squint_power_above_idle_watts 0.25',
    'squint_energy_info{method="measured",scope="soc"} 1',
    'squint_energy_uncertainty_ratio 0.05',
    'squint_meter_up 1',
    'squint_meter_joules_total 1234.5',
    'squint_expert_only_joules_total{camera="porch"} 30',
    'squint_saved_joules_total{camera="porch"} 20',
  ]) {
    t.ok(text.includes(`\n${line}\n`), line)
  }
})

t.test('a silent meter has no watts, but says that it is silent', async t => {
  const text = await start(
    meterFixture({ state: 'silent', reading: null, reason: 'no answer for 1 s' }),
  ).text()
  t.notMatch(text, 'squint_power_watts{')
  t.match(text, '\nsquint_meter_up 0\n')
  t.match(text, '\nsquint_meter_joules_total 1234.5\n', 'what was counted stays counted')
})

t.test('without a meter nothing is said of one', async t => {
  const text = await start(null).text()
  t.notMatch(text, /^squint_(power_watts|meter_)/m)
  t.match(text, '\nsquint_power_above_idle_watts 0.25\n')
})

t.test(
  'frames are counted by the stage that they stopped at, joules by the stage that took them',
  async t => {
    const { metrics, text } = start(null)
    metrics.record(resultFixture())
    metrics.record(expertResult)
    metrics.audited('porch', { ...expertResult.energyMj, total: 20 })
    const lines = await text()
    for (const line of [
      'squint_energy_joules_total{camera="porch",stage="expert",method="measured"} 0.15',
      'squint_energy_joules_total{camera="porch",stage="scout",method="measured"} 0.064',
      'squint_energy_joules_total{camera="porch",stage="audit",method="measured"} 0.02',
      'squint_frame_energy_millijoules_bucket{le="50",camera="porch",stage="scout"} 0',
      'squint_frame_energy_millijoules_bucket{le="100",camera="porch",stage="scout"} 1',
      'squint_frame_energy_millijoules_sum{camera="porch",stage="expert"} 213',
      'squint_frame_energy_millijoules_count{camera="porch",stage="expert"} 1',
    ]) {
      t.ok(lines.includes(`\n${line}\n`), line)
    }
  },
)

t.test('an upload costs joules of the stages that it needed, and is no frame', async t => {
  const { metrics, text } = start(null)
  metrics.uploaded({ ...resultFixture().energyMj, ...modelled })
  const lines = (await text())
    .split('\n')
    .filter(line => /^squint_(energy_joules|frame)/.test(line))
  t.same(lines, [
    'squint_energy_joules_total{camera="_uploads",stage="decode",method="modelled"} 0.0195',
    'squint_energy_joules_total{camera="_uploads",stage="gate",method="modelled"} 0.001',
    'squint_energy_joules_total{camera="_uploads",stage="scout",method="modelled"} 0.032',
  ])
  t.notMatch('_uploads', CAMERA_ID, 'what stands for the camera can be none')
})
