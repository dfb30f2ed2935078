import type { EventChange } from '../../events/event.js'
import { createChangeQueue } from './changes.js'
import type { Message } from './layer.js'

/** Hands a message to the broker; calls back when the broker has it. */
export type Send = (message: Message, arrived: () => void) => void

export interface OutboxOptions {
  encode(change: EventChange): Message
  /** The topic that is sent after all others when the broker is back: availability, which must not come before what it stands for. */
  readonly last: string
  /** Messages that the broker may leave unacknowledged. */
  readonly window?: number
  /** Changes of events that wait at most. */
  readonly limit?: number
}

/** What waits for the broker. States and pictures are kept by topic, only the newest of each; changes of events in their order. */
export interface Outbox {
  /** A retained value that holds until it is changed, and is told again whenever the broker comes back, or if `again` is set. */
  state(topic: string, payload: string, again?: boolean): void
  /** Deletes what is retained there. */
  clear(topic: string): void
  /** A retained value that is told once, and given up if the connection is lost over it twice. */
  once(topic: string, payload: Uint8Array): void
  /** States that hold. */
  topics(): readonly string[]
  happened(change: EventChange): void
  /** The broker is there; changes of events wait `holdMs` milliseconds more. */
  open(send: Send, holdMs?: number): void
  /** Changes of events wait no longer. */
  release(): void
  /** It is gone; what it has not acknowledged waits again. */
  shut(): void
  /** Nothing waits and all is acknowledged. */
  idle(): boolean
  status(): { readonly waiting: number; readonly unacknowledged: number; readonly dropped: number }
}

interface Value {
  readonly payload: string | Uint8Array
  /** Whether it holds after it was told. */
  readonly keep: boolean
  /** How often the connection was lost while it was under way. */
  readonly losses: number
}

/** A picture that is under way when the connection is lost may be the reason: a broker ends it over what is too large. */
const MAX_LOSSES = 2

export function createOutbox({ encode, last, window = 32, limit = 1000 }: OutboxOptions): Outbox {
  const values = new Map<string, Value>()
  const unsent = new Set<string>()
  const changes = createChangeQueue(limit)
  /** By message: what to do if it is lost. */
  const flying = new Map<symbol, () => void>()
  let send: Send | undefined
  let held: NodeJS.Timeout | undefined

  function set(topic: string, value: Omit<Value, 'losses'>): void {
    values.set(topic, { ...value, losses: 0 })
    unsent.add(topic)
    pump()
  }

  function fly(message: Message, through: Send, lost: () => void): void {
    const flight = Symbol()
    flying.set(flight, lost)
    through(message, () => {
      if (flying.delete(flight)) pump()
    })
  }

  function sendValue(topic: string, through: Send): void {
    const value = values.get(topic)!
    unsent.delete(topic)
    if (!value.keep) values.delete(topic)
    fly({ topic, payload: value.payload, retain: true }, through, () => {
      const losses = value.losses + 1
      const isPicture = !value.keep && value.payload.length > 0
      if (!values.has(topic)) {
        if (isPicture && losses === MAX_LOSSES) return
        values.set(topic, { ...value, losses })
      }
      unsent.add(topic)
    })
  }

  function pump(): void {
    while (send !== undefined && flying.size < window) {
      const [topic] = unsent
      const change = topic === undefined && held === undefined ? changes.shift() : undefined
      if (topic !== undefined) sendValue(topic, send)
      else if (change !== undefined) fly(encode(change), send, () => changes.unshift(change))
      else return
    }
  }

  function release(): void {
    clearTimeout(held)
    held = undefined
    pump()
  }

  return {
    state(topic, payload, again = false) {
      if (again || values.get(topic)?.payload !== payload) set(topic, { payload, keep: true })
    },
    clear: topic => set(topic, { payload: '', keep: false }),
    once: (topic, payload) => set(topic, { payload, keep: false }),
    topics: () => [...values].filter(([, { keep }]) => keep).map(([topic]) => topic),
    happened(change) {
      changes.push(change)
      pump()
    },
    open(sending, holdMs = 0) {
      send = sending
      if (holdMs > 0) held = setTimeout(release, holdMs)
      // a broker that was started anew knows nothing
      for (const topic of values.keys()) unsent.add(topic)
      if (unsent.delete(last)) unsent.add(last)
      pump()
    },
    release,
    shut() {
      send = undefined
      release()
      // the newest first, so that the oldest is at the front again
      for (const lost of [...flying.values()].reverse()) lost()
      flying.clear()
    },
    idle: () => unsent.size === 0 && changes.size === 0 && flying.size === 0,
    status: () => ({
      waiting: unsent.size + changes.size,
      unacknowledged: flying.size,
      dropped: changes.dropped(),
    }),
  }
}
