import type { JournalStatus } from '../events/journal/journal.js'
import type { Gauges } from './gauges.js'

/** How telling the network of events goes. */
export interface DeliveryStatus {
  /** Readers of the stream of events, and how often one of them has missed some. */
  readonly eventStream: { readonly clients: number; readonly gaps: number }
  readonly webhooks: readonly {
    readonly origin: string
    readonly delivered: number
    readonly failed: number
    readonly dropped: number
    readonly waiting: number
    readonly lastError: string | null
  }[]
  readonly mqtt: readonly {
    readonly prefix: string
    readonly connected: boolean
    readonly error: string | null
    readonly waiting: number
    readonly unacknowledged: number
    readonly dropped: number
  }[]
}

export interface EventReadings {
  journal(): JournalStatus
  deliveries(): DeliveryStatus
}

/** What is kept of events, and who was told of them. */
export function addEventMetrics(gauges: Gauges, { journal, deliveries }: EventReadings): void {
  const { gauge, counter } = gauges
  gauge('squint_events_kept', 'Events in the journal', () => journal().events)
  gauge('squint_events_open', 'Of these, those that last', () => journal().open)
  gauge('squint_journal_bytes', 'Of the journal on the disk, with pictures', () => journal().bytes)
  counter(
    'squint_journal_unwritten_total',
    'Changes and pictures that were not on the disk in time',
    () => journal().unwritten,
  )
  counter(
    'squint_event_stream_gaps_total',
    'How often a reader of the stream has missed events',
    () => deliveries().eventStream.gaps,
  )

  const webhooks = (count: 'delivered' | 'failed' | 'dropped') => () =>
    deliveries().webhooks.map(hook => [{ origin: hook.origin }, hook[count]] as const)
  gauges.counters('squint_webhook_delivered_total', 'Messages', ['origin'], webhooks('delivered'))
  gauges.counters(
    'squint_webhook_failed_total',
    'Messages that a receiver refused or never took',
    ['origin'],
    webhooks('failed'),
  )
  gauges.counters(
    'squint_webhook_dropped_total',
    'Messages that nobody tried to deliver, because too many waited',
    ['origin'],
    webhooks('dropped'),
  )

  gauges.gauges('squint_mqtt_up', '1 while the broker is there', ['prefix'], () =>
    deliveries().mqtt.map(({ prefix, connected }) => [{ prefix }, connected ? 1 : 0] as const),
  )
  gauges.counters(
    'squint_mqtt_dropped_total',
    'Changes of events that no broker was told',
    ['prefix'],
    () => deliveries().mqtt.map(({ prefix, dropped }) => [{ prefix }, dropped] as const),
  )
}
