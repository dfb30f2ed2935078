import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CameraStatus } from '../camera/camera.js'
import type { AuditSnapshot } from '../cascade/audit.js'
import type { Result } from '../events/result.js'
import type { FrameEnergy } from '../power/energy.js'
import type { SkipReason } from './stats.js'

/** From a gate's fraction of a millisecond to an expert on a slow board. */
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** What is read at the moment of a scrape. */
export interface Readings {
  cameras(): readonly CameraStatus[]
  queue(): { readonly waiting: number; readonly refused: number }
  live(): { readonly viewers: number; readonly encoded: number; readonly dropped: number }
  clients(): { readonly clients: number; readonly dropped: number }
  watts(): number
  audits(): readonly (AuditSnapshot & { readonly camera: string })[]
}

export interface Metrics {
  record(result: Result): void
  /** An audit of a camera's frame has cost so much. */
  audited(camera: string, energy: FrameEnergy): void
  /** A frame that got no result. */
  skip(camera: string, why: SkipReason): void
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

  // the rest is kept elsewhere, and read at the moment of a scrape
  const { queue, live, clients, watts } = readings
  cameraGauge('squint_camera_up', '1 while the camera gives frames', ({ state }) =>
    state === 'streaming' ? 1 : 0,
  )
  cameraGauge('squint_camera_fps', 'Frames per second that arrive', status => status.fps)
  cameraCounter('squint_camera_frames_total', 'Frames that arrived whole', s => s.frames)
  cameraCounter('squint_camera_dropped_total', 'Frames replaced unseen', s => s.dropped)
  cameraCounter('squint_camera_lost_total', 'Pictures torn or too large', s => s.lost)
  cameraCounter('squint_camera_restarts_total', 'Times opened again', s => s.restarts)
  gauge(
    'squint_inference_waiting',
    'Pictures in or before the inference thread',
    () => queue().waiting,
  )
  counter(
    'squint_inference_refused_total',
    'Uploads refused: too many waited',
    () => queue().refused,
  )
  gauge('squint_live_viewers', 'Live viewers', () => live().viewers)
  counter('squint_live_encoded_total', 'Raw pictures encoded for viewers', () => live().encoded)
  counter(
    'squint_live_dropped_total',
    'Frames that viewers were too slow for',
    () => live().dropped,
  )
  gauge('squint_ws_clients', 'WebSocket clients', () => clients().clients)
  counter(
    'squint_ws_dropped_total',
    'Messages that clients were too slow for',
    () => clients().dropped,
  )
  gauge('squint_power_watts', 'Power above idle, known as squint_energy_joules_total is', watts)

  const level = new Gauge({
    name: 'squint_budget_level',
    help: 'Effort that the budget leaves, 1: full, 0: the floor',
    labelNames: ['camera'],
    registers,
  })
  new Counter({
    name: 'squint_audit_frames_total',
    help: 'Frames that stopped early and that the expert has looked at all the same',
    labelNames: ['camera'],
    registers,
    collect() {
      this.reset()
      for (const { camera, audited } of readings.audits()) this.inc({ camera }, audited)
    },
  })
  auditShare('agreement', 'Objects on audited frames that were shown and that the expert sees')
  auditShare('missed', 'Objects of the expert on audited frames that were not shown')
  auditShare('falsePositives', 'Objects shown on audited frames that the expert does not see')

  /** Share and bounds of its 95 % interval (Wilson), once something was counted. */
  function auditShare(what: 'agreement' | 'missed' | 'falsePositives', help: string): void {
    new Gauge({
      name: `squint_audit_${what === 'falsePositives' ? 'false_positives' : what}_ratio`,
      help: `${help}; bound low and high: 95 % interval`,
      labelNames: ['camera', 'bound'],
      registers,
      collect() {
        this.reset()
        for (const { camera, [what]: proportion } of readings.audits()) {
          const { share, low, high } = proportion
          if (share === null) continue
          this.set({ camera, bound: 'value' }, share)
          this.set({ camera, bound: 'low' }, low)
          this.set({ camera, bound: 'high' }, high)
        }
      },
    })
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }

  function counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }

  function cameraGauge(name: string, help: string, read: (status: CameraStatus) => number): void {
    new Gauge({
      name,
      help,
      registers,
      labelNames: ['camera'],
      collect() {
        for (const status of readings.cameras()) this.set({ camera: status.id }, read(status))
      },
    })
  }

  function cameraCounter(name: string, help: string, read: (status: CameraStatus) => number): void {
    new Counter({
      name,
      help,
      registers,
      labelNames: ['camera'],
      collect() {
        this.reset()
        for (const status of readings.cameras()) this.inc({ camera: status.id }, read(status))
      },
    })
  }

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    record({ camera, exit, budget, timingsMs, energyMj }) {
      level.set({ camera }, budget?.level ?? 1)
      frames.inc({ camera, stage: exit.stage, reason: exit.reason })
      for (const stage of ['decode', 'gate', 'scout', 'expert'] as const) {
        if (timingsMs[stage] === 0) continue
        stages.observe({ camera, stage }, timingsMs[stage] / 1000)
        energy.inc({ camera, stage, method: energyMj.method }, energyMj[stage] / 1000)
      }
    },
    audited: (camera, { total, method }) =>
      energy.inc({ camera, stage: 'audit', method }, total / 1000),
    skip: (camera, reason) => skipped.inc({ camera, reason }),
  }
}
