import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Camera } from './camera/camera.js'
import { waitsForAnalysis } from './camera/config.js'
import { findCameras } from './camera/find.js'
import { openCamera } from './camera/open.js'
import { createAudit } from './cascade/audit.js'
import { type Auditor, createAuditor } from './cascade/auditor.js'
import { createBudget } from './cascade/budget.js'
import { startCascade } from './cascade/cascade.js'
import { readPolicies } from './cascade/policies.js'
import { networksOf } from './cascade/zoo.js'
import { masked } from './config/load.js'
import type { Config } from './config/schema.js'
import { codeOf, messageOf, SquintError } from './lib/errors.js'
import type { Log } from './lib/log.js'
import { packageRoot, packageVersion } from './lib/package.js'
import { createServiceStats } from './metrics/service.js'
import type { Controls } from './outputs/controls.js'
import { createDecisions } from './outputs/decisions.js'
import { createApp } from './outputs/http/app.js'
import { listen } from './outputs/http/server.js'
import { createLatestResults } from './outputs/latest.js'
import { createLive } from './outputs/live.js'
import { createHub } from './outputs/ws/hub.js'
import { webSocketRoute } from './outputs/ws/upgrade.js'
import { runPipeline } from './pipeline.js'
import { reportPicture } from './power/picture-report.js'
import { openPower } from './power/power.js'

export interface Service {
  readonly url: string
  /** Rejects if the service can no longer do its work. */
  readonly failed: Promise<never>
  /** Stops everything in the reverse order of its start. Safe to call twice. */
  close(): Promise<void>
}

/** Starts the whole service: first all that may refuse the start, then the cameras and their loops. Rejects, with nothing left running, if a part cannot start. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const closers: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch(warn(log, 'a part did not close'))
    }
  }
  try {
    return { ...(await start(config, log, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function start(config: Config, log: Log, closers: (() => Promise<void>)[]) {
  const { server } = config
  const version = packageVersion
  const stopping = new AbortController()
  closers.push(async () => stopping.abort())

  // power: what a millisecond costs
  const power = await openPower({
    config: config.power,
    networks: await networksOf(config.cascade),
    threads: config.cascade.threads,
    log,
  })
  closers.push(power.close)
  const { energy, board } = power

  // cameras: which there are
  const configured = config.cameras.length > 0
  const opened = configured ? config.cameras : await findCameras({ signal: stopping.signal })

  // cascade
  const { policy, policies } = config.cascade
  const ids = opened.map(({ id }) => id)
  const own = policies === undefined ? {} : await readPolicies(policies, ids, policy)
  const cascade = await startCascade(config.cascade, own)
  closers.push(cascade.close)

  // outputs
  const cameras = new Map<string, Camera>()
  const live = createLive({
    encode: picture => cascade.encode(picture, server.liveWidth, server.liveQuality),
    onError: warn(log, 'no live picture'),
  })
  const latest = createLatestResults()
  const decisions = createDecisions()
  const auditors = new Map<string, Auditor>()
  const hub = createHub({ version, cameras, live, signal: stopping.signal })
  const { models, queue } = cascade
  const { status } = live
  const stats = createServiceStats({
    version,
    models,
    cameras,
    energy,
    meter: power.meter,
    board,
    batteryHours: power.batteryHours,
    queue,
    live: status,
    clients: hub.status,
    auditOf: camera => auditors.get(camera)?.snapshot(),
  })
  const outputs = [stats, latest, hub]
  closers.push(stats.close)
  power.start({ onReading: stats.measured, aboveIdle: stats.watts })
  const app = await createApp({
    services: {
      version,
      cameras,
      cascade,
      report(look) {
        const picture = reportPicture(look, energy)
        stats.uploaded(picture.energyMj)
        return picture
      },
      latest,
      decisions,
      live,
      // wired with the event stage
      events: {
        list: () => ({ events: [], next: null }),
        find: () => undefined,
        snapshot: async () => undefined,
        status: () => ({ events: 0, open: 0, bytes: null, unwritten: 0, error: null }),
      },
      controls: noControls,
      annotate: async picture => picture,
      metrics: stats.metrics,
      stats: stats.snapshot,
      history: stats.history,
    },
    ...(server.token !== undefined && { token: server.token }),
    maxBodyBytes: server.maxBodyBytes,
    kiosk: join(packageRoot, 'build/src/outputs/kiosk'),
    webSocket: webSocketRoute(hub),
    onError: warn(log, 'a request failed'),
  })
  const http = await listen({ host: server.host, port: server.port, fetch: app.fetch })
  // who listens is told before the line is cut
  closers.push(http.close, latest.close, hub.close)
  log.info({ version, config: masked(config) }, 'squint starts')

  // cameras: opened only now, so that a start that must fail touches none
  const decode = async (file: string, width: number) => cascade.unpack(await readFile(file), width)
  for (const camera of opened) {
    cameras.set(camera.id, openCamera({ config: camera, log, decode }))
    closers.push(() => cameras.get(camera.id)!.close())
  }

  // the loop of each camera
  for (const [index, camera] of opened.entries()) {
    const { id } = camera
    const auditor = createAuditor({
      audit: createAudit({ ...config.cascade.audit, seed: index }),
      cascade,
      charge(timings) {
        const spent = energy.attribute(timings)
        stats.audited(id, spent)
        return spent.total
      },
      onError: warn(log, 'a frame was not audited', { camera: id }),
    })
    auditors.set(id, auditor)
    void runPipeline({
      camera: cameras.get(id)!,
      cascade,
      budget: createBudget(config.budget),
      auditor,
      energy,
      watts: stats.watts,
      heat: board,
      maxAgeMs: waitsForAnalysis(camera) ? Number.POSITIVE_INFINITY : camera.maxAgeMs,
      publish(result, candidates) {
        decisions.add(result, candidates)
        for (const output of outputs) output.publish(result)
      },
      onSkipped(why, error) {
        const count = stats.skip(id, why)
        // a camera that keeps failing must not fill the disk: the 1st, 2nd, 4th, 8th ... is told
        if ((count & (count - 1)) === 0)
          warn(log, `a frame was skipped: ${why}`, { camera: id, count })(error)
      },
    })
  }
  log.info({ url: http.url, models, board: energy.board }, 'squint serves')
  return { url: http.url, failed: cascade.failed }
}

const never = (): never => {
  throw new SquintError('INTERNAL', 'not wired yet')
}
const noControls: Controls = {
  detection: () => true,
  setDetection: never,
  budget: never,
  setBudget: never,
  drawing: never,
  setDrawing: never,
  resetDrawing: never,
  configuration: never,
  onChange: () => undefined,
}

/** Logs an error, with its code, under what it meant. */
function warn(log: Log, meaning: string, fields: object = {}) {
  return (error: unknown): void => {
    log.warn({ ...fields, code: codeOf(error), error: messageOf(error) }, meaning)
  }
}
