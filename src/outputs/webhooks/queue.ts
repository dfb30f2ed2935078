import type { EventChange } from '../../events/event.js'

/** A change on its way to one webhook. */
export interface Waiting {
  /** Of the delivery; the same for every try. */
  readonly id: string
  readonly change: EventChange
}

/** Changes that wait for one webhook, oldest first. */
export interface WebhookQueue {
  put(waiting: Waiting): void
  /** The oldest one; it no longer waits. */
  take(): Waiting | undefined
  status(): { readonly waiting: number; readonly dropped: number }
}

/**
 * Holds at most `limit`. Beyond it the least telling one goes: the oldest update, else the oldest start, whose end says all that it
 * said, else an end whose start was never told, so that who was told of a start is told of its end. Only if more than `limit` events
 * that were told of end at once, the oldest of those goes.
 */
export function createWebhookQueue(limit: number): WebhookQueue {
  const queue: Waiting[] = []
  /** Events whose start may have arrived, and whose end has not been tried. */
  const begun = new Set<string>()
  let dropped = 0

  function leastTelling(): number {
    const update = queue.findIndex(({ change }) => change.type === 'update')
    if (update >= 0) return update
    const start = queue.findIndex(({ change }) => change.type === 'start')
    if (start >= 0) return start
    return Math.max(
      0,
      queue.findIndex(({ change }) => !begun.has(change.event.id)),
    )
  }

  return {
    put(waiting) {
      queue.push(waiting)
      if (queue.length <= limit) return
      queue.splice(leastTelling(), 1)
      dropped++
    },
    take() {
      const next = queue.shift()
      if (next === undefined) return undefined
      const { type, event } = next.change
      if (type === 'start') begun.add(event.id)
      if (type === 'end') begun.delete(event.id)
      // who is not told of ends would be remembered for ever
      const [oldest] = begun
      if (begun.size > limit && oldest !== undefined) begun.delete(oldest)
      return next
    },
    status: () => ({ waiting: queue.length, dropped }),
  }
}
