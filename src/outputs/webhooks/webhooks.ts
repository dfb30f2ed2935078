import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Output } from '../output.js'
import type { WebhookConfig } from './config.js'
import { createDelivery, type DeliveryOptions, type WebhookStatus } from './delivery.js'

/** Enough for a busy hour's starts and ends, and a few hundred kilobytes. */
const LIMIT = 256
const TIMEOUT_MS = 10_000
const RETRY_MS = [1000, 5000, 15_000, 60_000] as const
const GRACE_MS = 2000

export type WebhooksOptions = Pick<DeliveryOptions, 'version' | 'onTrouble'> &
  Partial<Omit<DeliveryOptions, 'hook'>> & { readonly webhooks: readonly WebhookConfig[] }

/** Tells receivers on the network of events; each has its own queue, so a slow one delays nobody else. */
export interface Webhooks extends Output {
  happened(change: EventChange): void
  status(): readonly WebhookStatus[]
}

export function createWebhooks({ webhooks, ...options }: WebhooksOptions): Webhooks {
  const hooks = webhooks.map(hook => ({
    hook,
    delivery: createDelivery({
      limit: LIMIT,
      timeoutMs: TIMEOUT_MS,
      retryMs: RETRY_MS,
      graceMs: GRACE_MS,
      ...options,
      hook,
    }),
  }))
  return {
    name: 'webhooks',
    publish() {},
    happened(change) {
      for (const { hook, delivery } of hooks) {
        if (wants(hook, change)) delivery.put(change)
      }
    },
    status: () => hooks.map(({ delivery }) => delivery.status()),
    async close() {
      await Promise.all(hooks.map(({ delivery }) => delivery.close()))
    },
  }
}

/** Who wants starts is also told when an event becomes one of theirs later: on entering a zone, or by another name. */
function wants(hook: WebhookConfig, { type, event, before }: EventChange): boolean {
  if (!concerns(hook, event)) return false
  const joins = type === 'update' && before !== null && !concerns(hook, before)
  return hook.on.includes(type) || (joins && hook.on.includes('start'))
}

function concerns({ cameras, labels, zones }: WebhookConfig, event: CameraEvent): boolean {
  return (
    cameras?.includes(event.camera) !== false &&
    labels?.includes(event.label) !== false &&
    zones?.some(zone => event.enteredZones.includes(zone)) !== false
  )
}
