import { setTimeout as after } from 'node:timers/promises'
import type { CameraEvent, EventChange } from '../../events/event.js'
import { monotonicMs } from '../../lib/clock.js'
import type { MqttConfig } from './config.js'
import type { Layer, MqttSources } from './layer.js'
import { type MqttLog, openLink } from './link.js'
import { createOccupancy } from './occupancy.js'
import { createOutbox } from './outbox.js'

/** Milliseconds that a stopping service gives the broker to take what waits. */
const FAREWELL_MS = 1000
/** Milliseconds that events wait when the broker is back: those who want them have lost it too, and what nobody hears is lost. */
const GRACE_MS = 3000

export interface StationOptions {
  readonly layer: Layer
  readonly config: Pick<MqttConfig, 'url' | 'username' | 'password' | 'ca'>
  readonly sources: MqttSources
  readonly log: MqttLog
  readonly retryMs?: readonly [number, ...number[]]
  /** Milliseconds that events wait after a broken connection was made again. */
  readonly graceMs?: number
}

export interface StationStatus {
  readonly prefix: string
  readonly connected: boolean
  /** Why not; null: it is, or tries for the first time. */
  readonly error: string | null
  /** Messages that wait for the broker, and that it has but has not acknowledged. */
  readonly waiting: number
  readonly unacknowledged: number
  /** Changes of events that nobody was told, since the start. */
  readonly dropped: number
}

/** One layer at the broker, with a connection of its own: a connection has one last will. */
export interface Station {
  readonly layer: Layer
  happened(change: EventChange): void
  /** Tells everything anew that depends on controls and cameras; `again`: also what is told already. */
  refresh(again?: boolean): void
  /** Tells what was measured. */
  stats(): void
  /** Tells which cameras are there. */
  presence(): void
  picture(event: CameraEvent, jpeg: Uint8Array): void
  still(camera: string, jpeg: Uint8Array): void
  status(): StationStatus
  /** Safe to call twice. */
  close(): Promise<void>
}

export function createStation(options: StationOptions): Station {
  const { layer, config, sources, log, retryMs, graceMs = GRACE_MS } = options
  const { cameras } = sources
  const availability = `${layer.prefix}/available`
  const outbox = createOutbox({ encode: layer.encode, last: availability })
  let places = layer.places()
  const occupancy = createOccupancy({
    places: () => places,
    tell: (topic, count) => outbox.state(topic, String(count)),
  })
  /** Topics of pictures, by camera. */
  const pictured = new Map<string, Set<string>>()
  let opened = false
  let closing: Promise<void> | undefined

  function put(camera: string, topic: string, jpeg: Uint8Array): void {
    const topics = pictured.get(camera) ?? new Set()
    pictured.set(camera, topics.add(topic))
    outbox.once(topic, jpeg)
  }

  function presences(): ReadonlyMap<string, string> {
    return new Map(
      [...cameras].map(([id, camera]) => [
        layer.presence(id),
        camera.status().state === 'streaming' ? 'online' : 'offline',
      ]),
    )
  }

  function tell(states: ReadonlyMap<string, string>, again = false): void {
    for (const [topic, payload] of states) outbox.state(topic, payload, again)
  }

  function forget(kept: ReadonlySet<string>): void {
    for (const topic of outbox.topics()) if (!kept.has(topic)) outbox.clear(topic)
    for (const [camera, topics] of pictured) {
      if (cameras.has(camera)) continue
      for (const topic of topics) outbox.clear(topic)
      pictured.delete(camera)
    }
  }

  function refresh(again = false): void {
    places = layer.places()
    const states = new Map([
      ...layer.states(),
      ...presences(),
      ...layer.stats(sources.stats()),
      [availability, 'online'],
    ])
    tell(states, again)
    occupancy.tellAll()
    forget(new Set([...states.keys(), ...places.map(({ topic }) => topic)]))
  }

  refresh()
  const link = openLink({
    config,
    availability,
    subscriptions: layer.subscriptions,
    onOpen(send) {
      outbox.open(send, opened ? graceMs : 0)
      opened = true
    },
    onShut: outbox.shut,
    onMessage: layer.heard,
    log,
    ...(retryMs !== undefined && { retryMs }),
  })

  async function leave(): Promise<void> {
    occupancy.tellAll()
    occupancy.close()
    // nobody could be told later
    outbox.release()
    outbox.state(availability, 'offline')
    const started = monotonicMs()
    while (link.connected && !outbox.idle() && monotonicMs() - started < FAREWELL_MS)
      await after(10)
    await link.close(outbox.idle())
  }

  return {
    layer,
    happened(change) {
      occupancy.take(change)
      outbox.happened(change)
    },
    refresh,
    stats: () => tell(layer.stats(sources.stats())),
    presence: () => tell(presences()),
    picture(event, jpeg) {
      for (const topic of layer.pictures(event)) put(event.camera, topic, jpeg)
    },
    still(camera, jpeg) {
      const topic = layer.still(camera)
      if (topic !== undefined) put(camera, topic, jpeg)
    },
    status: () => ({
      prefix: layer.prefix,
      connected: link.connected,
      error: link.error,
      ...outbox.status(),
    }),
    close() {
      closing ??= leave()
      return closing
    },
  }
}
