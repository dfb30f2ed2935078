import { round } from '../../lib/round.js'
import { createAnnounced } from './announced.js'
import { type Command, createCommands, detectionCommand, onOrOff } from './commands.js'
import type { MqttConfig } from './config.js'
import {
  cameraDevice,
  cameraDeviceId,
  type DeviceDiscovery,
  nodeOf,
  serviceDevice,
} from './discovery.js'
import type { Layer, MqttSources } from './layer.js'
import type { MqttLog } from './link.js'
import { placesOf, slugs } from './topics.js'

export interface NativeOptions {
  readonly config: Pick<MqttConfig, 'prefix' | 'discovery' | 'snapshots'>
  readonly sources: MqttSources
  readonly log: MqttLog
  /** Somebody wants to see what a camera sees now. */
  onStill(camera: string): void
  /** Home Assistant has started and knows nothing. */
  onBirth(): void
  /** A service before this one has announced what there is no more. */
  onAnnounced(): void
}

/** The service in its own words, and Home Assistant's discovery. docs/mqtt.md describes the topics. */
export function createNative(options: NativeOptions): Layer {
  const { sources, log, onStill, onBirth, onAnnounced } = options
  const { prefix, discovery, snapshots } = options.config
  const { version, cameras, controls } = sources
  const node = nodeOf(prefix)
  const announced = createAnnounced(node)
  const configTopic = (device: string) => `${discovery}/device/${device}/config`
  const configs = configTopic('+')
  const birth = `${discovery}/status`

  const commands: readonly Command[] = [
    detectionCommand(prefix, 'detection', controls),
    {
      filter: `${prefix}/+/still/set`,
      pattern: new RegExp(`^${prefix}/([^/]+)/still/set$`),
      expected: 'PRESS, and a camera that there is',
      read: (payload, camera) =>
        payload === 'PRESS' && cameras.has(camera) ? async () => onStill(camera) : undefined,
    },
    {
      filter: `${prefix}/budget/set`,
      pattern: new RegExp(`^${prefix}/budget/set$`),
      expected: 'ON or OFF',
      read: onOrOff(enabled => controls.setBudget({ enabled })),
    },
    {
      filter: `${prefix}/budget/watts/set`,
      pattern: new RegExp(`^${prefix}/budget/watts/set$`),
      expected: 'watts from 0.01 to 1000, or None',
      read(payload) {
        if (payload === 'None') return () => controls.setBudget({ watts: null })
        const watts = Number(payload)
        const fits = payload !== '' && watts >= 0.01 && watts <= 1000
        return fits ? () => controls.setBudget({ watts }) : undefined
      },
    },
  ]
  const obey = createCommands({ commands, log })

  const placesOfCamera = (camera: string) =>
    placesOf(prefix, camera, controls.drawing(camera).zones, sources.labels(camera))

  function devices(): ReadonlyMap<string, DeviceDiscovery> {
    const about = { prefix, version, snapshots }
    return new Map([
      [configTopic(node), serviceDevice(about)],
      ...[...cameras.keys()].map(
        camera =>
          [
            configTopic(cameraDeviceId(prefix, camera)),
            cameraDevice(about, camera, placesOfCamera(camera)),
          ] as const,
      ),
    ])
  }

  function wordOf(camera: string, label: string): string | undefined {
    return [...slugs(sources.labels(camera))].find(([, name]) => name === label)?.[0]
  }

  return {
    prefix,
    subscriptions: [
      ...commands.map(({ filter }) => filter),
      ...(discovery === false ? [] : [birth, configs]),
    ],
    heard(topic, payload, retained) {
      if (topic === birth) {
        // one that is retained is older than what was told at the connection
        if (!retained && Buffer.from(payload).toString() === 'online') onBirth()
      } else if (topic.endsWith('/config')) {
        if (retained && announced.remember(topic, payload)) onAnnounced()
      } else obey(topic, payload, retained)
    },
    places: () => [...cameras.keys()].flatMap(placesOfCamera),
    states() {
      const { enabled, watts } = controls.budget()
      return new Map([
        ...(discovery === false ? [] : announced.messages(devices())),
        [`${prefix}/budget/state`, enabled ? 'ON' : 'OFF'],
        [`${prefix}/budget/watts/state`, watts === null ? 'None' : String(watts)],
        ...[...cameras.keys()].map(
          camera =>
            [
              `${prefix}/${camera}/detection/state`,
              controls.detection(camera) ? 'ON' : 'OFF',
            ] as const,
        ),
      ])
    },
    presence: camera => `${prefix}/${camera}/available`,
    stats({ power, board, cameras: each }) {
      const { celsius, throttled } = board
      const meterWatts = power.meter?.reading?.watts ?? null
      const service = {
        watts: round(power.watts, 3),
        meterWatts: meterWatts === null ? null : round(meterWatts, 3),
        celsius: celsius === null ? null : round(celsius, 1),
        throttled,
      }
      return new Map([
        [`${prefix}/stats`, JSON.stringify(service)],
        ...each.map(({ status: { id }, fps, energyMj: { mean } }) => {
          const camera = {
            fps: round(fps, 2),
            millijoulesPerFrame: mean === null ? null : round(mean, 2),
          }
          return [`${prefix}/${id}/stats`, JSON.stringify(camera)] as const
        }),
      ])
    },
    encode: change => ({
      topic: `${prefix}/events`,
      payload: JSON.stringify(change),
      retain: false,
    }),
    pictures({ camera, label }) {
      const word = wordOf(camera, label)
      const root = `${prefix}/${camera}`
      return [`${root}/snapshot`, ...(word === undefined ? [] : [`${root}/${word}/snapshot`])]
    },
    still: camera => `${prefix}/${camera}/still`,
  }
}
