import type { Camera } from '../camera/camera.js'
import type { AuditSnapshot } from '../cascade/audit.js'
import type { Result } from '../events/result.js'
import type { Attribution, FrameEnergy } from '../power/energy.js'
import { createMetrics, type Readings } from './registry.js'
import { watchRuntime } from './runtime.js'
import { createStats, type SkipReason, type StatsCollector } from './stats.js'

export interface ServiceStatsOptions extends Pick<Readings, 'queue' | 'live' | 'clients'> {
  readonly version: string
  readonly models: { readonly scout: string; readonly expert: string }
  readonly cameras: ReadonlyMap<string, Camera>
  readonly energy: Attribution
  /** What audits of a camera's frames have shown. */
  auditOf(camera: string): AuditSnapshot | undefined
}

/** What the whole service has done, how long it took and what it cost: as JSON, and for Prometheus. */
export function createServiceStats(options: ServiceStatsOptions) {
  const { version, models, cameras, energy, queue, live, clients, auditOf } = options
  const runtime = watchRuntime()
  const collectors = new Map<string, StatsCollector>()

  function collectorOf(camera: string): StatsCollector {
    const known = collectors.get(camera) ?? createStats(camera)
    collectors.set(camera, known)
    return known
  }

  function sum(read: (collector: StatsCollector) => number): number {
    let total = 0
    for (const collector of collectors.values()) total += read(collector)
    return total
  }

  const watts = (): number => sum(collector => collector.watts())
  const statuses = () => [...cameras.values()].map(camera => camera.status())
  const audits = () =>
    [...cameras.keys()].flatMap(camera => {
      const audit = auditOf(camera)
      return audit === undefined ? [] : [{ camera, ...audit }]
    })
  const metrics = createMetrics({ cameras: statuses, queue, live, clients, watts, audits })

  return {
    name: 'stats',
    metrics,
    /** Mean watts above idle over the last seconds. */
    watts,
    publish(result: Result): void {
      collectorOf(result.camera).record(result)
      metrics.record(result)
    },
    /** An audit of a camera's frame has cost so much. */
    audited(camera: string, energy: FrameEnergy): void {
      metrics.audited(camera, energy)
      collectorOf(camera).spend(energy.total)
    },
    /** A frame that got no result. Returns how many there were of its kind. */
    skip(camera: string, why: SkipReason): number {
      metrics.skip(camera, why)
      return collectorOf(camera).skip(why)
    },
    snapshot() {
      const { board } = energy
      const { method, source, uncertainty } = energy.knowledge()
      const joules = sum(collector => collector.joules())
      return {
        version,
        uptimeSeconds: process.uptime(),
        models,
        power: { board, method, source, uncertainty, watts: watts(), joules },
        runtime: { ...runtime.read(), queue: queue(), live: live(), clients: clients() },
        cameras: [...cameras].map(([id, camera]) => ({
          status: camera.status(),
          ...collectorOf(id).snapshot(),
          audit: auditOf(id) ?? null,
        })),
      }
    },
    async close(): Promise<void> {
      runtime.close()
    },
  }
}
