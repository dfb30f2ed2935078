import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Output } from '../output.js'
import type { MqttConfig } from './config.js'
import { createFrigate } from './frigate.js'
import type { MqttSources } from './layer.js'
import type { MqttLog } from './link.js'
import { createNative } from './native.js'
import { createPictures } from './pictures.js'
import { createStation, type Station, type StationStatus } from './station.js'

/** Home Assistant asks for a random wait before all services answer its start. */
const BIRTH_DELAY_MS = 3000
/** How often it is looked whether cameras are there. */
const PRESENCE_MS = 2000

export interface MqttOptions extends MqttSources {
  readonly config: MqttConfig
  readonly log: MqttLog
  /** A picture could not be had, or a state not be told. */
  onError(error: unknown): void
  /** Waits between tries to reach the broker. */
  readonly retryMs?: readonly [number, ...number[]]
  /** How long events wait when a lost broker is back. */
  readonly graceMs?: number
  /** Longest wait before Home Assistant is answered. */
  readonly birthDelayMs?: number
}

/** The way out to a broker. */
export interface Mqtt extends Output {
  happened(change: EventChange): void
  pictured(event: CameraEvent): void
  /** The service's own topics first, then Frigate's, if configured. */
  status(): readonly StationStatus[]
}

/** Starts to connect at once and never gives up. docs/mqtt.md says what is told. */
export function createMqtt(options: MqttOptions): Mqtt {
  const { config, log, onError, controls, retryMs, graceMs } = options
  const { birthDelayMs = BIRTH_DELAY_MS } = options
  const closing = new AbortController()
  const pictures = createPictures(onError)
  let birth: NodeJS.Timeout | undefined

  const native = createNative({
    config,
    sources: options,
    log,
    onStill: takeStill,
    onBirth() {
      birth ??= setTimeout(() => {
        birth = undefined
        refresh(true)
      }, Math.random() * birthDelayMs)
    },
    onAnnounced: () => refresh(),
  })
  const frigate =
    config.frigate === undefined
      ? []
      : [createFrigate({ prefix: config.frigate, sources: options, log })]
  const stations: readonly Station[] = [native, ...frigate].map(layer =>
    createStation({
      layer,
      config,
      sources: options,
      log,
      ...(retryMs !== undefined && { retryMs }),
      ...(graceMs !== undefined && { graceMs }),
    }),
  )

  function each(work: (station: Station) => void): void {
    // asks parts of the service, one of which may just be changing
    try {
      stations.forEach(work)
    } catch (error) {
      onError(error)
    }
  }

  function refresh(again = false): void {
    each(station => station.refresh(again))
  }

  function takeStill(camera: string): void {
    pictures.want(`still ${camera}`, async () => {
      const jpeg = await options.still(camera)
      if (jpeg) for (const station of stations) station.still(camera, jpeg)
    })
  }

  function showEvent(event: CameraEvent): void {
    pictures.want(`event ${event.camera} ${event.label}`, async () => {
      const jpeg = await options.snapshot(event.id)
      if (jpeg === undefined) return
      for (const station of stations) station.picture(event, jpeg)
    })
  }

  controls.onChange(() => refresh(), closing.signal)
  const timers = [
    setInterval(() => each(station => station.stats()), config.everySeconds * 1000),
    setInterval(() => each(station => station.presence()), PRESENCE_MS),
  ]
  return {
    name: 'mqtt',
    // whether somebody is there is told by events: what a single frame shows opens no door
    publish() {},
    happened(change) {
      for (const station of stations) station.happened(change)
      if (config.snapshots && change.type === 'start') takeStill(change.event.camera)
    },
    pictured(event) {
      if (config.snapshots) showEvent(event)
    },
    status: () => stations.map(station => station.status()),
    async close() {
      closing.abort()
      pictures.close()
      clearTimeout(birth)
      for (const timer of timers) clearInterval(timer)
      await Promise.all(stations.map(station => station.close()))
    },
  }
}
