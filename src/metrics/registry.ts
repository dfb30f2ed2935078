import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { BoardState } from '../power/board/board-state.js'
import { type AuditReadings, addAuditMetrics } from './audit-metrics.js'
import { addBoardMetrics } from './board-metrics.js'
import { STEPS } from './energy-stats.js'
import { addEventMetrics, type EventReadings } from './event-metrics.js'
import { addFlowMetrics, type FlowReadings } from './flow-metrics.js'
import { createGauges } from './gauges.js'
import { addPowerMetrics, type PowerMetrics, type PowerReadings } from './power-metrics.js'
import { addRemoteMetrics, type RemoteReadings } from './remote-metrics.js'
import type { SkipReason } from './stats.js'

/** From a gate's fraction of a millisecond to an expert on a slow board. */
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** What is read at the moment of a scrape. */
export interface Readings
  extends FlowReadings,
    PowerReadings,
    AuditReadings,
    RemoteReadings,
    EventReadings {
  board(): BoardState
}

export interface Metrics extends PowerMetrics {
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
  const gauges = createGauges(registry)

  const frames = new Counter({
    name: 'squint_frames_total',
    help: 'Frames that were looked at, by where looking stopped and why',
    labelNames: ['camera', 'stage', 'reason'],
    registers,
  })
  const stages = new Histogram({
    name: 'squint_stage_seconds',
    help: 'Wall time per stage, of the frames that needed it; remote: waited for a server',
    labelNames: ['camera', 'stage'],
    buckets: STAGE_BUCKETS,
    registers,
  })
  const skipped = new Counter({
    name: 'squint_frames_skipped_total',
    help: 'Frames that got no result: too old, or not readable',
    labelNames: ['camera', 'reason'],
    registers,
  })
  const level = new Gauge({
    name: 'squint_budget_level',
    help: 'Effort that the budget leaves, 1: full, 0: the floor',
    labelNames: ['camera'],
    registers,
  })
  addFlowMetrics(gauges, readings)
  const power = addPowerMetrics(registry, gauges, readings)
  addBoardMetrics(gauges, readings.board)
  addAuditMetrics(gauges, readings)
  addRemoteMetrics(gauges, readings)
  addEventMetrics(gauges, readings)

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    record(result) {
      const { camera, exit, budget, timingsMs } = result
      level.set({ camera }, budget?.level ?? 1)
      frames.inc({ camera, stage: exit.stage, reason: exit.reason })
      for (const stage of [...STEPS, 'remote'] as const) {
        if (timingsMs[stage] > 0) stages.observe({ camera, stage }, timingsMs[stage] / 1000)
      }
      power.record(result)
    },
    audited: power.audited,
    uploaded: power.uploaded,
    skip: (camera, reason) => skipped.inc({ camera, reason }),
  }
}
