import { createCommands, detectionCommand } from './commands.js'
import { frigateChange } from './frigate-event.js'
import type { Layer, MqttSources, Place } from './layer.js'
import type { MqttLog } from './link.js'

export interface FrigateOptions {
  readonly prefix: string
  readonly sources: MqttSources
  readonly log: MqttLog
}

/**
 * The same in Frigate's words, for clients that know only those. Zones of the same name count together, whatever their camera; a zone that is called
 * like a camera has no topics, because Frigate's clients could not tell them apart.
 */
export function createFrigate({ prefix, sources, log }: FrigateOptions): Layer {
  const { version, cameras, controls } = sources
  const command = detectionCommand(prefix, 'detect', controls)
  const ids = () => [...cameras.keys()]

  function places(): readonly Place[] {
    const labels = ids().map(camera => [camera, sources.labels(camera)] as const)
    const zones = new Map<string, Set<string>>()
    for (const [camera, all] of labels) {
      for (const zone of controls.drawing(camera).zones) {
        if (cameras.has(zone.name)) continue
        const known = zones.get(zone.name) ?? new Set()
        for (const label of zone.labels ?? all) known.add(label)
        zones.set(zone.name, known)
      }
    }
    return [
      ...labels.flatMap(([camera, all]) => counts(camera, { camera, zone: null }, all)),
      ...[...zones].flatMap(([zone, all]) => counts(zone, { camera: null, zone }, [...all])),
    ]
  }

  function counts(
    name: string,
    where: Pick<Place, 'camera' | 'zone'>,
    labels: readonly string[],
  ): Place[] {
    return [null, ...labels].flatMap(label => {
      const topic = `${prefix}/${name}/${label === null ? 'all' : word(label)}`
      return [
        { topic, ...where, label, active: false },
        { topic: `${topic}/active`, ...where, label, active: true },
      ]
    })
  }

  return {
    prefix,
    subscriptions: [command.filter],
    heard: createCommands({ commands: [command], log }),
    places,
    states: () =>
      new Map(
        ids().map(camera => [
          `${prefix}/${camera}/detect/state`,
          controls.detection(camera) ? 'ON' : 'OFF',
        ]),
      ),
    presence: camera => `${prefix}/${camera}/status/detect`,
    stats({ uptimeSeconds, cameras: each }) {
      const stats = each.map(({ status: { id, fps: camera_fps }, fps }) => ({
        id,
        camera_fps,
        process_fps: fps,
        detection_fps: fps,
        detection_enabled: controls.detection(id),
      }))
      const service = { uptime: Math.floor(uptimeSeconds), version }
      const detection_fps = stats.reduce((sum, camera) => sum + camera.detection_fps, 0)
      const byCamera = Object.fromEntries(stats.map(({ id, ...camera }) => [id, camera]))
      const body = { cameras: byCamera, detectors: {}, detection_fps, service }
      return new Map([[`${prefix}/stats`, JSON.stringify(body)]])
    },
    encode: change => ({
      topic: `${prefix}/events`,
      payload: JSON.stringify(frigateChange(change)),
      retain: false,
    }),
    pictures: ({ camera, label }) => [`${prefix}/${camera}/${word(label)}/snapshot`],
    still: () => undefined,
  }
}

/** Frigate puts labels into topics as they are; what a topic cannot hold becomes an underscore. */
function word(label: string): string {
  return label.replace(/[\p{Cc}+#/]/gu, '_')
}
