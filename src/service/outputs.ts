import type { Camera } from '../camera/camera.js'
import type { Cascade } from '../cascade/cascade.js'
import type { Config } from '../config/schema.js'
import type { EventChange } from '../events/event.js'
import type { Journal } from '../events/journal/journal.js'
import type { Result } from '../events/result.js'
import { type Log, warn } from '../lib/log.js'
import type { Controls } from '../outputs/controls.js'
import { createEventStream } from '../outputs/http/event-stream.js'
import { createLatestResults } from '../outputs/latest.js'
import { createBoxedLive, createLive, statusOf } from '../outputs/live.js'
import type { MqttSources } from '../outputs/mqtt/layer.js'
import { createMqtt, type Mqtt } from '../outputs/mqtt/mqtt.js'
import type { Output } from '../outputs/output.js'
import { createWebhooks } from '../outputs/webhooks/webhooks.js'
import { createHub } from '../outputs/ws/hub.js'
import { openSupervisor } from './supervisor.js'

export interface OutputsOptions {
  readonly config: Pick<Config, 'server' | 'mqtt' | 'webhooks'>
  readonly version: string
  readonly cameras: ReadonlyMap<string, Camera>
  readonly cascade: Pick<Cascade, 'encode' | 'annotate'>
  readonly journal: Pick<Journal, 'find' | 'snapshot'>
  readonly controls: Controls
  /** Labels that make events of a camera. */
  labels(camera: string): readonly string[]
  stats: MqttSources['stats']
  readonly signal: AbortSignal
  readonly log: Log
}

/** Every way out but HTTP itself, which asks them. */
export function openOutputs(options: OutputsOptions) {
  const { config, version, cameras, cascade, journal, controls, labels, stats, log } = options
  const { liveWidth, liveQuality } = config.server
  const live = createLive({
    encode: (picture, width) => cascade.encode(picture, width, liveQuality),
    rawWidth: liveWidth,
    shrink: (data, width) => cascade.annotate({ format: 'encoded', data }, [], width, liveQuality),
    onError: warn(log, 'no live picture'),
  })
  const latest = createLatestResults()
  const boxed = createBoxedLive({
    annotate: (picture, captions, width) => cascade.annotate(picture, captions, width, liveQuality),
    width: liveWidth,
    latest: latest.latest,
    onError: warn(log, 'no live picture with boxes'),
  })
  const hub = createHub({ version, cameras, live, signal: options.signal })
  const eventStream = createEventStream()
  const webhooks = createWebhooks({
    webhooks: config.webhooks,
    version,
    onTrouble: (origin, error) => log.warn({ origin, error }, 'a webhook does not answer'),
  })
  const outputs: Output[] = [latest, hub, eventStream, webhooks]
  const supervisor = openSupervisor({ cameras, log })
  let mqtt: Mqtt | undefined

  function connect(): void {
    supervisor.ready()
    if (config.mqtt === undefined) return
    mqtt = createMqtt({
      config: config.mqtt,
      version,
      cameras,
      controls,
      labels,
      stats,
      snapshot: journal.snapshot,
      async still(id) {
        const camera = cameras.get(id)
        return camera && (await live.still(camera)).jpeg
      },
      log,
      onError: warn(log, 'a picture or state was not told to the broker'),
    })
    outputs.push(mqtt)
  }

  return {
    live,
    boxed,
    liveStatus: () => statusOf([live, boxed]),
    latest,
    hub,
    eventStream,
    /** Tells systemd that all is up, and goes to the broker, if there are such: once the cameras are there, because both are told of them. */
    connect,
    publish(result: Result): void {
      for (const output of outputs) output.publish(result)
    },
    happened(change: EventChange): void {
      for (const output of outputs) output.happened?.(change)
    },
    /** A better picture of an event is kept. */
    pictured(id: string): void {
      const event = journal.find(id)
      if (event) for (const output of outputs) output.pictured?.(event)
    },
    /** Of those that have queues towards the network. */
    status: () => ({
      eventStream: eventStream.status(),
      webhooks: webhooks.status(),
      mqtt: mqtt?.status() ?? [],
    }),
    async close(): Promise<void> {
      await Promise.all([...outputs, supervisor].map(part => part.close()))
    },
  }
}
