import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CameraStatus } from '../camera/camera.js'
import type { Result } from '../events/result.js'

/** From a gate's fraction of a millisecond to an expert on a slow board. */
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** What is read at the moment of a scrape. */
export interface Readings {
  cameras(): readonly CameraStatus[]
  queue(): { readonly waiting: number; readonly refused: number }
  live(): { readonly viewers: number; readonly encoded: number; readonly dropped: number }
  clients(): { readonly clients: number; readonly dropped: number }
  watts(): number
}

export interface Metrics {
  record(result: Result): void
  /** A frame that got no result. */
  skip(camera: string, why: 'stale' | 'failed'): void
  /** Prometheus text format. */
  text(): Promise<string>
  readonly contentType: string
}

export function createMetrics(readings: Readings): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const frames = new Counter({
    name: 'squint_frames_total',
    help: 'Frames that were looked at, by where looking stopped and why',
    labelNames: ['camera', 'stage', 'reason'],
    registers,
  })
  const stages = new Histogram({
    name: 'squint_stage_seconds',
    help: 'Wall time per stage, of the frames that needed it',
    labelNames: ['camera', 'stage'],
    buckets: STAGE_BUCKETS,
    registers,
  })
  const energy = new Counter({
    name: 'squint_energy_joules_total',
    help: 'Energy above idle, by stage; see method',
    labelNames: ['camera', 'stage', 'method'],
    registers,
  })
  const skipped = new Counter({
    name: 'squint_frames_skipped_total',
    help: 'Frames that got no result: too old, or not readable',
    labelNames: ['camera', 'reason'],
    registers,
  })

  /** A metric that is read when it is asked for. */
  function reading(
    name: string,
    help: string,
    read: (set: (value: number, camera?: string) => void) => void,
    labelNames: string[] = [],
  ) {
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        read((value, camera) =>
          camera === undefined ? this.set(value) : this.set({ camera }, value),
        )
      },
    })
  }

  function perCamera(name: string, help: string, read: (status: CameraStatus) => number): void {
    reading(name, help, set => readings.cameras().forEach(status => set(read(status), status.id)), [
      'camera',
    ])
  }

  perCamera('squint_camera_up', '1 while the camera gives frames', ({ state }) =>
    state === 'streaming' ? 1 : 0,
  )
  perCamera('squint_camera_fps', 'Frames per second that arrive', ({ fps }) => fps)
  perCamera('squint_camera_frames_total', 'Frames that arrived whole', status => status.frames)
  perCamera(
    'squint_camera_dropped_total',
    'Frames that a newer one replaced before they were looked at',
    ({ dropped }) => dropped,
  )
  perCamera(
    'squint_camera_lost_total',
    'Pictures that arrived torn or too large',
    ({ lost }) => lost,
  )
  perCamera(
    'squint_camera_restarts_total',
    'Times that the source was opened again',
    ({ restarts }) => restarts,
  )
  reading('squint_inference_waiting', 'Pictures in or before the inference thread', set =>
    set(readings.queue().waiting),
  )
  reading('squint_inference_refused_total', 'Uploads refused because too many waited', set =>
    set(readings.queue().refused),
  )
  reading('squint_live_viewers', 'Live viewers', set => set(readings.live().viewers))
  reading('squint_live_encoded_total', 'Raw pictures encoded for viewers', set =>
    set(readings.live().encoded),
  )
  reading('squint_live_dropped_total', 'Frames that viewers were too slow for', set =>
    set(readings.live().dropped),
  )
  reading('squint_ws_clients', 'WebSocket clients', set => set(readings.clients().clients))
  reading('squint_ws_dropped_total', 'WebSocket messages that clients were too slow for', set =>
    set(readings.clients().dropped),
  )
  reading(
    'squint_power_watts',
    'Power above idle, by the method of squint_energy_joules_total',
    set => set(readings.watts()),
  )

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    record({ camera, exit, timingsMs, energyMj }) {
      frames.inc({ camera, stage: exit.stage, reason: exit.reason })
      for (const stage of ['decode', 'gate', 'scout', 'expert'] as const) {
        if (timingsMs[stage] === 0) continue
        stages.observe({ camera, stage }, timingsMs[stage] / 1000)
        energy.inc({ camera, stage, method: energyMj.method }, energyMj[stage] / 1000)
      }
    },
    skip: (camera, reason) => skipped.inc({ camera, reason }),
  }
}
