import { randomUUID } from 'node:crypto'
import type { EventChange } from '../../events/event.js'
import { backoff } from '../../lib/backoff.js'
import { sleep } from '../../lib/sleep.js'
import type { WebhookConfig } from './config.js'
import { type Outcome, type PostOptions, post } from './post.js'
import { createWebhookQueue, type Waiting } from './queue.js'

/** A receiver that answers, but never well, is asked so often with one message: for some five minutes. */
const MAX_ANSWERS = 8

/** How one webhook fares, without its secrets. */
export interface WebhookStatus {
  /** Scheme, host and port: a webhook's path is often its key. */
  readonly origin: string
  readonly delivered: number
  /** Refused, or given up. */
  readonly failed: number
  /** Not even tried, because too many waited. */
  readonly dropped: number
  readonly waiting: number
  /** Of the last try that failed; null: none did. */
  readonly lastError: string | null
}

export interface DeliveryOptions {
  readonly hook: WebhookConfig
  readonly version: string
  /** Changes that may wait. */
  readonly limit: number
  /** Milliseconds that a receiver may take to answer. */
  readonly timeoutMs: number
  /** Waits between tries. */
  readonly retryMs: readonly [number, ...number[]]
  /** Milliseconds that `close` leaves for what is waiting. */
  readonly graceMs: number
  /** Told when a webhook that worked no longer does. */
  onTrouble(origin: string, error: string): void
}

/** The way to one webhook: one request at a time, in order. */
export interface Delivery {
  /** Never blocks. */
  put(change: EventChange): void
  status(): WebhookStatus
  /** Tries what waits once more, as long as it goes well and `graceMs` allow. */
  close(): Promise<void>
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { hook, limit, retryMs, graceMs, onTrouble } = options
  const { origin } = new URL(hook.url)
  const queue = createWebhookQueue(limit)
  const closing = new AbortController()
  const cut = new AbortController()
  const posting: PostOptions = { ...options, signal: cut.signal }
  const counts = { delivered: 0, failed: 0 }
  let lastError: string | null = null
  let troubled = false
  let current: Waiting | undefined
  let working: Promise<void> | undefined

  function note(outcome: Outcome): void {
    if (outcome.kind !== 'delivered') {
      lastError = outcome.error
      if (!troubled) onTrouble(origin, outcome.error)
    }
    troubled = outcome.kind !== 'delivered'
  }

  /** Tries until it is delivered or refused, and for as long as nobody answers at all: then no other message would do better. */
  async function deliver(message: Waiting): Promise<boolean> {
    const ladder = backoff({ stepsMs: retryMs })
    for (let answers = 0; ; ) {
      const outcome = await post(message, posting)
      note(outcome)
      if (outcome.kind === 'delivered') return true
      if (outcome.kind === 'refused' || closing.signal.aborted) return false
      if (outcome.kind === 'busy' && ++answers >= MAX_ANSWERS) return false
      const asked = outcome.kind === 'busy' ? outcome.waitMs : 0
      // closing wakes it up for a last try
      await sleep(Math.max(asked, ladder.next(0)), closing.signal).catch(() => {})
    }
  }

  async function work(): Promise<void> {
    for (current = queue.take(); current !== undefined; current = queue.take()) {
      counts[(await deliver(current)) ? 'delivered' : 'failed']++
      // a receiver that does not work now has no time left to recover
      if (troubled && closing.signal.aborted) break
    }
    current = undefined
    working = undefined
  }

  return {
    put(change) {
      if (closing.signal.aborted) return
      queue.put({ id: randomUUID(), change })
      working ??= work()
    },
    status() {
      const { waiting, dropped } = queue.status()
      const inFlight = current === undefined ? 0 : 1
      return { origin, ...counts, dropped, waiting: waiting + inFlight, lastError }
    },
    async close() {
      closing.abort()
      const timer = setTimeout(() => cut.abort(), graceMs)
      await working
      clearTimeout(timer)
    },
  }
}
