import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Camera } from './camera/camera.js'
import { type CameraConfig, waitsForAnalysis } from './camera/config.js'
import { findCameras } from './camera/find.js'
import { openCamera } from './camera/open.js'
import { type Cascade, startCascade } from './cascade/cascade.js'
import { masked } from './config/load.js'
import { type Config, demoCamera } from './config/schema.js'
import { createTracker } from './events/tracker.js'
import { codeOf, messageOf } from './lib/errors.js'
import type { Log } from './lib/log.js'
import { packageRoot, packageVersion } from './lib/package.js'
import { createMetrics } from './metrics/registry.js'
import { watchRuntime } from './metrics/runtime.js'
import { createStats, type StatsCollector } from './metrics/stats.js'
import { createApp } from './outputs/http/app.js'
import { listen } from './outputs/http/server.js'
import { createLatestResults } from './outputs/latest.js'
import { createLive } from './outputs/live.js'
import { createHub } from './outputs/ws/hub.js'
import { webSocketRoute } from './outputs/ws/upgrade.js'
import { runPipeline } from './pipeline.js'
import { loadEnergyModel } from './power/model.js'
import { reportPicture } from './power/picture-report.js'

export interface Service {
  readonly url: string
  /** Rejects if the service can no longer do its work. */
  readonly failed: Promise<never>
  /** Stops everything in the reverse order of its start. Safe to call twice. */
  close(): Promise<void>
}

/** Starts the whole service, in the order in which a frame flows. Rejects, with nothing left running, if a part cannot start. */
export async function startService(config: Config, log: Log): Promise<Service> {
  const closers: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch(error => log.error({ error: messageOf(error) }, 'a part did not close'))
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
  const stopping = new AbortController()
  closers.push(async () => stopping.abort())
  log.info({ version: packageVersion, config: masked(config) }, 'squint starts')

  // power
  const energy = await loadEnergyModel(
    join(packageRoot, 'models/energy.json'),
    config.cascade.threads,
  )

  // cascade, as the demo camera unpacks its photographs there
  const cascade = await startCascade(config.cascade)
  closers.push(cascade.close)

  // cameras
  const cameras = new Map<string, Camera>()
  const opened = await chooseCameras(config, stopping.signal)
  for (const camera of opened) {
    cameras.set(camera.id, openCamera({ config: camera, log, decode: decodeWith(cascade) }))
  }
  closers.push(async () => {
    await Promise.all([...cameras.values()].map(camera => camera.close()))
  })

  // outputs, and what they are told
  const latest = createLatestResults()
  const live = createLive({
    encode: picture => cascade.encode(picture, server.liveWidth, server.liveQuality),
    onError: error => log.warn({ code: codeOf(error), error: messageOf(error) }, 'no live picture'),
  })
  const hub = createHub({ version: packageVersion, cameras, live, signal: stopping.signal })
  const outputs = [latest, hub]
  const stats = new Map<string, StatsCollector>(
    [...cameras.keys()].map(id => [id, createStats(id)]),
  )
  const sum = (read: (camera: StatsCollector) => number): number =>
    [...stats.values()].reduce((total, camera) => total + read(camera), 0)
  const watts = (): number => sum(camera => camera.watts())
  const metrics = createMetrics({
    cameras: () => [...cameras.values()].map(camera => camera.status()),
    queue: cascade.queue,
    live: live.status,
    clients: hub.status,
    watts,
  })
  const runtime = watchRuntime()
  closers.push(async () => runtime.close())

  const app = await createApp({
    services: {
      version: packageVersion,
      cameras,
      cascade,
      report: look => reportPicture(look, energy),
      latest,
      live,
      metrics,
      stats: () => ({
        version: packageVersion,
        uptimeSeconds: process.uptime(),
        models: cascade.models,
        power: {
          board: energy.board,
          method: energy.method,
          source: energy.source,
          uncertainty: energy.uncertainty,
          watts: watts(),
          joules: sum(camera => camera.joules()),
        },
        runtime: { ...runtime.read(), queue: cascade.queue(), live: live.status() },
        cameras: [...cameras].map(([id, camera]) => ({
          status: camera.status(),
          ...stats.get(id)!.snapshot(),
        })),
      }),
    },
    ...(server.token !== undefined && { token: server.token }),
    maxBodyBytes: server.maxBodyBytes,
    kiosk: join(packageRoot, 'build/src/outputs/kiosk'),
    webSocket: webSocketRoute(hub),
    onError: (error, path) => log.error({ path, error: messageOf(error) }, 'a request failed'),
  })
  const http = await listen({ host: server.host, port: server.port, fetch: app.fetch })
  closers.push(http.close)
  for (const output of outputs) closers.push(output.close)

  // every camera's loop
  for (const camera of opened) {
    const { id } = camera
    const own = stats.get(id)!
    void runPipeline({
      camera: cameras.get(id)!,
      cascade,
      tracker: createTracker(),
      energy,
      maxAgeMs: waitsForAnalysis(camera) ? Number.POSITIVE_INFINITY : camera.maxAgeMs,
      publish(result) {
        own.record(result)
        metrics.record(result)
        for (const output of outputs) output.publish(result)
      },
      onStale() {
        own.stale()
        metrics.skip(id, 'stale')
      },
      onFailed(error) {
        own.failed()
        metrics.skip(id, 'failed')
        log.warn({ camera: id, code: codeOf(error), error: messageOf(error) }, 'a frame failed')
      },
    })
  }
  log.info({ url: http.url, models: cascade.models, board: energy.board }, 'squint serves')
  return { url: http.url, failed: cascade.failed }
}

function decodeWith(cascade: Cascade) {
  return async (file: string, width: number) => cascade.unpack(await readFile(file), width)
}

/** The configured cameras, or those that are found, or the demo. */
async function chooseCameras(
  { cameras }: Config,
  signal: AbortSignal,
): Promise<readonly CameraConfig[]> {
  if (cameras.length > 0) return cameras
  const found = await findCameras({ signal })
  return found.length > 0 ? found : [demoCamera]
}
