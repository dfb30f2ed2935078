import type { Camera } from '../camera/camera.js'
import { type CameraConfig, waitsForAnalysis } from '../camera/config.js'
import type { Decode } from '../camera/demo.js'
import { openCamera } from '../camera/open.js'
import { type ReplaceableCamera, replaceable } from '../camera/replaceable.js'
import type { CameraLog } from '../camera/supervise.js'
import { createAudit } from '../cascade/audit.js'
import { type Auditor, createAuditor } from '../cascade/auditor.js'
import { type Budget, createBudget } from '../cascade/budget.js'
import type { Cascade } from '../cascade/cascade.js'
import type { AuditConfig, BudgetConfig } from '../cascade/config.js'
import type { StageTimings } from '../cascade/detection.js'
import { differ } from '../lib/differ.js'
import { type PipelineOptions, runPipeline } from '../pipeline.js'

/** What all cameras share. */
export interface LinesOptions extends Pick<PipelineOptions, 'energy' | 'watts' | 'heat'> {
  readonly cascade: Pick<Cascade, 'watch' | 'audit' | 'forget'>
  readonly log: CameraLog
  /** Decodes the demo's photos. */
  readonly decode: Decode
  /** Where objects are, and what becomes of them. */
  eventsOf(camera: string): PipelineOptions['events']
  publish: PipelineOptions['publish']
  /** Charges an audit's work; returns its millijoules. */
  charge(camera: string, timings: StageTimings): number
  onSkipped(camera: string, why: 'stale' | 'failed', error: unknown): void
  onUnaudited(error: unknown, of: { readonly camera: string }): void
  /** A camera is no longer configured. */
  onGone(camera: string): void
  /** Whether a camera's frames are to be looked at. */
  looks(camera: string): boolean
}

/** What may change while they run. */
export interface LineSettings {
  readonly cameras: readonly CameraConfig[]
  readonly audit: AuditConfig
  readonly budget: BudgetConfig
}

interface Line {
  readonly camera: ReplaceableCamera
  readonly closed: Promise<void>
  config: CameraConfig
  auditor: Auditor
  budget: Budget
}

/** The loops of all cameras. */
export interface Lines {
  /** All cameras there are now, by id. */
  readonly cameras: ReadonlyMap<string, Camera>
  auditor(camera: string): Auditor | undefined
  /**
   * Opens, closes and opens anew what differs from before; a camera that is configured as before goes on undisturbed.
   * Settles once what is gone is closed.
   */
  apply(settings: LineSettings): Promise<void>
  close(): Promise<void>
}

export function createLines(options: LinesOptions): Lines {
  const { cascade, log, decode, looks } = options
  const lines = new Map<string, Line>()
  const cameras = new Map<string, Camera>()
  let known: Pick<LineSettings, 'audit' | 'budget'> | undefined
  let opened = 0

  function auditorOf(id: string, audit: AuditConfig): Auditor {
    return createAuditor({
      audit: createAudit({ ...audit, seed: opened++ }),
      cascade,
      charge: timings => options.charge(id, timings),
      onError: error => options.onUnaudited(error, { camera: id }),
    })
  }

  function open(config: CameraConfig, { audit, budget }: LineSettings): void {
    const { id } = config
    const camera = replaceable(openCamera({ config, log, decode }))
    cameras.set(id, camera)
    const line = {
      camera,
      config,
      auditor: auditorOf(id, audit),
      budget: createBudget(budget),
    }
    const { energy, watts, heat, publish } = options
    const closed = runPipeline({
      camera,
      cascade,
      events: options.eventsOf(id),
      energy,
      watts,
      heat,
      publish,
      settings: () => ({
        budget: line.budget,
        auditor: line.auditor,
        maxAgeMs: waitsForAnalysis(line.config) ? Number.POSITIVE_INFINITY : line.config.maxAgeMs,
        looks: looks(id),
      }),
      onSkipped: (why, error) => options.onSkipped(id, why, error),
    })
    lines.set(id, Object.assign(line, { closed }))
  }

  async function end(id: string): Promise<void> {
    const line = lines.get(id)!
    lines.delete(id)
    cameras.delete(id)
    await line.camera.close()
    await line.closed
    await cascade.forget(id).catch(() => undefined)
  }

  async function remove(id: string): Promise<void> {
    await end(id)
    options.onGone(id)
  }

  async function change(line: Line, config: CameraConfig): Promise<void> {
    line.config = config
    await line.camera.replace(lastFrame => openCamera({ config, lastFrame, log, decode }))
  }

  return {
    cameras,
    auditor: camera => lines.get(camera)?.auditor,
    async apply(settings) {
      const before = known
      known = settings
      const wanted = new Set(settings.cameras.map(({ id }) => id))
      const changes: Promise<void>[] = []
      for (const id of [...lines.keys()]) if (!wanted.has(id)) changes.push(remove(id))
      for (const line of lines.values()) {
        if (differ(before?.budget, settings.budget)) line.budget = createBudget(settings.budget)
        if (differ(before?.audit, settings.audit)) {
          line.auditor = auditorOf(line.config.id, settings.audit)
        }
      }
      for (const config of settings.cameras) {
        const line = lines.get(config.id)
        if (line === undefined) open(config, settings)
        else if (differ(line.config, config)) changes.push(change(line, config))
      }
      await Promise.all(changes)
    },
    async close() {
      await Promise.all([...lines.keys()].map(end))
    },
  }
}
