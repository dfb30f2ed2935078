import type { Camera, CameraStatus } from '../../camera/camera.js'
import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Controls } from '../controls.js'

/** A message for the broker. All go with QoS 1: once at least. */
export interface Message {
  readonly topic: string
  /** An empty one that is retained deletes what was retained before. */
  readonly payload: string | Uint8Array
  readonly retain: boolean
}

/** What is told every few seconds; `StatsBody` is one of these. */
export interface MqttStats {
  readonly uptimeSeconds: number
  readonly power: {
    /** Above idle. */
    readonly watts: number
    readonly meter: { readonly reading: { readonly watts: number } | null } | null
  }
  readonly board: { readonly celsius: number | null; readonly throttled: boolean | null }
  readonly cameras: readonly {
    readonly status: Pick<CameraStatus, 'id' | 'fps'>
    /** Frames analysed per second. */
    readonly fps: number
    /** Millijoules above idle per frame, lately. */
    readonly energyMj: { readonly mean: number | null }
  }[]
}

/** The service behind the topics. */
export interface MqttSources {
  readonly version: string
  /** May change; `controls.onChange` says when. */
  readonly cameras: ReadonlyMap<string, Pick<Camera, 'status'>>
  readonly controls: Controls
  /** Labels that make events of a camera. */
  labels(camera: string): readonly string[]
  stats(): MqttStats
  /** The picture of an event (JPEG); undefined if none is kept. */
  snapshot(event: string): Promise<Uint8Array | undefined>
  /** What a camera sees now (JPEG); undefined if it has gone. */
  still(camera: string): Promise<Uint8Array | undefined>
}

/** Something whose number of present objects is told. */
export interface Place {
  readonly topic: string
  /** null stands for every one, here and below. */
  readonly camera: string | null
  readonly zone: string | null
  readonly label: string | null
  /** Counts only what is not stationary. */
  readonly active: boolean
}

/** What is said under a prefix, and in whose words. */
export interface Layer {
  readonly prefix: string
  /** Topic filters. */
  readonly subscriptions: readonly string[]
  heard(topic: string, payload: Uint8Array, retained: boolean): void
  places(): readonly Place[]
  /** Everything else that is retained and changes only when controls or cameras do: by topic. */
  states(): ReadonlyMap<string, string>
  /** Where it is told whether a camera gives pictures: `online` or `offline`. */
  presence(camera: string): string
  /** Retained, every few seconds. */
  stats(stats: MqttStats): ReadonlyMap<string, string>
  encode(change: EventChange): Message
  /** Where the picture of an event belongs. */
  pictures(event: CameraEvent): readonly string[]
  /** Where what a camera sees now belongs; undefined: nowhere. */
  still(camera: string): string | undefined
}
