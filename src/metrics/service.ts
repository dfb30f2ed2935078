import type { Camera } from '../camera/camera.js'
import type { AuditSnapshot } from '../cascade/audit.js'
import type { RemoteStatus } from '../cascade/remote/status.js'
import type { Result } from '../events/result.js'
import type { BoardState } from '../power/board/board-state.js'
import type { Attribution, FrameEnergy } from '../power/energy.js'
import type { MeterStatus, Reading } from '../power/meters/meter.js'
import { createHistory, type History } from './history.js'
import { createMetrics, type Readings } from './registry.js'
import { watchRuntime } from './runtime.js'
import { createSpending } from './spending.js'
import { createStats, type SkipReason, type StatsCollector } from './stats.js'

/** Of the history: kept, and how often the thermometer is asked. */
const HISTORY_SECONDS = 600
const THERMOMETER_MS = 1000

export interface ServiceStatsOptions
  extends Pick<Readings, 'queue' | 'live' | 'clients' | 'journal' | 'deliveries'> {
  readonly version: string
  models(): { readonly scout: string; readonly expert: string }
  readonly cameras: ReadonlyMap<string, Camera>
  readonly energy: Attribution
  /** null: there is none. */
  meter(): MeterStatus | null
  board(): BoardState
  /** Until the battery is empty; null: none is known of. */
  batteryHours(): number | null
  /** What audits of a camera's frames have shown. */
  auditOf(camera: string): AuditSnapshot | undefined
  /** How asking an expert on a server goes; null, or left out: none is configured. */
  remote?(): RemoteStatus | null
}

/** What the whole service has done, how long it took and what it cost: as JSON, and for Prometheus. */
export function createServiceStats(options: ServiceStatsOptions) {
  const { version, models, cameras, energy, queue, live, clients, auditOf } = options
  const { meter, board, batteryHours, journal, deliveries, remote = () => null } = options
  const runtime = watchRuntime()
  const uploads = createSpending()
  const collectors = new Map<string, StatsCollector>()
  const history = createHistory({ seconds: HISTORY_SECONDS })
  const histories = new Map<string, History>()

  function collectorOf(camera: string): StatsCollector {
    const known = collectors.get(camera) ?? createStats(camera, energy)
    collectors.set(camera, known)
    return known
  }

  function historyOf(camera: string): History {
    const known = histories.get(camera) ?? createHistory({ seconds: HISTORY_SECONDS })
    histories.set(camera, known)
    return known
  }

  const thermometer = setInterval(() => {
    const { celsius } = board()
    if (celsius !== null) for (const each of [history, ...histories.values()]) each.warmed(celsius)
  }, THERMOMETER_MS)
  thermometer.unref()

  function sum(read: (collector: StatsCollector) => number): number {
    let total = 0
    for (const collector of collectors.values()) total += read(collector)
    return total
  }

  const watts = (): number => sum(collector => collector.watts()) + uploads.rates().watts
  const statuses = () => [...cameras.values()].map(camera => camera.status())
  const audits = () =>
    [...cameras.keys()].flatMap(camera => {
      const audit = auditOf(camera)
      return audit === undefined ? [] : [{ camera, ...audit }]
    })
  const savings = () =>
    [...collectors].map(([camera, collector]) => ({ camera, ...collector.savings() }))
  const metrics = createMetrics({
    cameras: statuses,
    queue,
    live,
    clients,
    watts,
    knowledge: energy.knowledge,
    meter,
    board,
    savings,
    audits,
    remote,
    journal,
    deliveries,
  })

  return {
    name: 'stats',
    metrics,
    /** Mean watts above idle over the last seconds, of all cameras and uploads. */
    watts,
    publish(result: Result): void {
      collectorOf(result.camera).record(result)
      for (const each of [history, historyOf(result.camera)]) each.record(result)
      metrics.record(result)
    },
    /** An audit of a camera's frame has cost so much. */
    audited(camera: string, energy: FrameEnergy): void {
      metrics.audited(camera, energy)
      collectorOf(camera).spend(energy.total)
      for (const each of [history, historyOf(camera)]) each.audited(energy)
    },
    /** A picture that is no camera's has cost so much. */
    uploaded(energy: FrameEnergy): void {
      metrics.uploaded(energy)
      uploads.add(energy.total, 0)
      history.uploaded(energy)
    },
    /** What the meter has read, to be told of every reading once. */
    measured({ watts, at }: Pick<Reading, 'watts' | 'at'>): void {
      for (const each of [history, ...histories.values()]) each.measured(watts, at)
    },
    /** A frame that got no result. Returns how many there were of its kind. */
    skip(camera: string, why: SkipReason): number {
      metrics.skip(camera, why)
      return collectorOf(camera).skip(why)
    },
    /** The last complete seconds, oldest first, of one camera or of all together. */
    history(seconds: number, camera?: string) {
      const { method, scope, uncertainty } = energy.knowledge()
      const chosen = camera === undefined ? history : historyOf(camera)
      return { everySeconds: 1, method, scope, uncertainty, points: chosen.list(seconds) }
    },
    snapshot() {
      const joules = sum(collector => collector.joules()) + uploads.joules()
      return {
        version,
        uptimeSeconds: process.uptime(),
        models: models(),
        power: {
          board: energy.board,
          ...energy.knowledge(),
          watts: watts(),
          joules,
          idle: energy.idle(),
          meter: meter(),
          balance: energy.balance(),
          batteryHours: batteryHours(),
        },
        board: board(),
        remote: remote(),
        events: { journal: journal(), ...deliveries() },
        runtime: { ...runtime.read(), queue: queue(), live: live(), clients: clients() },
        cameras: [...cameras].map(([id, camera]) => ({
          status: camera.status(),
          ...collectorOf(id).snapshot(),
          audit: auditOf(id) ?? null,
        })),
      }
    },
    async close(): Promise<void> {
      clearInterval(thermometer)
      runtime.close()
    },
  }
}
