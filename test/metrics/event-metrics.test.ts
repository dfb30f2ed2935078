import { Registry } from 'prom-client'
import t from 'tap'
import { addEventMetrics } from '../../src/metrics/event-metrics.js'
import { createGauges } from '../../src/metrics/gauges.js'
import { eventReadings } from '../fixtures/deliveries.js'

t.test('what is kept of events, and who was told of them', async t => {
  const registry = new Registry()
  addEventMetrics(createGauges(registry), eventReadings)
  const text = await registry.metrics()
  for (const line of [
    'squint_events_kept 2',
    'squint_events_open 1',
    'squint_journal_bytes 4096',
    'squint_journal_unwritten_total 3',
    'squint_event_stream_gaps_total 4',
    'squint_webhook_delivered_total{origin="https://example.org"} 5',
    'squint_webhook_failed_total{origin="https://example.org"} 6',
    'squint_webhook_dropped_total{origin="https://example.org"} 7',
    'squint_mqtt_up{prefix="squint"} 0',
    'squint_mqtt_dropped_total{prefix="squint"} 8',
  ])
    t.match(text, `\n${line}\n`)
})

t.test('a broker that is there is up', async t => {
  const registry = new Registry()
  const deliveries = () => {
    const { mqtt, ...others } = eventReadings.deliveries()
    return { ...others, mqtt: mqtt.map(broker => ({ ...broker, connected: true })) }
  }
  addEventMetrics(createGauges(registry), { ...eventReadings, deliveries })
  t.match(await registry.metrics(), '\nsquint_mqtt_up{prefix="squint"} 1\n')
})
