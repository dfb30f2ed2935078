import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CameraConfig } from './camera/config.js'
import { findCameras } from './camera/find.js'
import { startCascade } from './cascade/cascade.js'
import type { RemoteStatus } from './cascade/remote/status.js'
import { masked } from './config/load.js'
import type { Config } from './config/schema.js'
import { createEventIds } from './events/event-id.js'
import { openJournal } from './events/journal/open.js'
import { type Log, warn } from './lib/log.js'
import { packageRoot, packageVersion } from './lib/package.js'
import { stateFolder } from './lib/state-folder.js'
import { createServiceStats } from './metrics/service.js'
import { createDecisions } from './outputs/decisions.js'
import { createApp } from './outputs/http/app.js'
import type { HttpServer } from './outputs/http/server.js'
import { webSocketRoute } from './outputs/ws/upgrade.js'
import { reportPicture } from './power/picture-report.js'
import { openPower } from './power/power.js'
import { configuredDrawing, openControls } from './service/controls.js'
import { exportCoco } from './service/export.js'
import { createHappenings } from './service/happenings.js'
import { createLines } from './service/lines.js'
import { createLookingChanges, readLooking } from './service/looking.js'
import { openOutputs } from './service/outputs.js'
import { createReloader } from './service/reload.js'
import { serveHttp } from './service/serve-http.js'
import { fileMark, watchFile } from './service/watch-file.js'

/** Where a configuration comes from, and how to read it again. */
export interface ConfigSource {
  readonly file: string
  /** Rejects with CONFIG_INVALID. */
  load(): Promise<Config>
}

export interface Service {
  readonly url: string
  /** Rejects if the service can no longer do its work. */
  readonly failed: Promise<never>
  /** Reads the configuration again, if there is any to read. */
  reload(): Promise<void>
  /** Stops everything in the reverse order of its start. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Starts the whole service: first all that may refuse the start, then the cameras and their loops. Rejects, with nothing left
 * running, if a part cannot start.
 * @param source read again when it changes; left out: the configuration is what it is
 */
export async function startService(
  config: Config,
  log: Log,
  source?: ConfigSource,
): Promise<Service> {
  const closers: (() => Promise<void>)[] = []
  async function close(): Promise<void> {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch(warn(log, 'a part did not close'))
    }
  }
  try {
    return { ...(await start(config, log, source, closers)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  first: Config,
  log: Log,
  source: ConfigSource | undefined,
  closers: (() => Promise<void>)[],
) {
  const { server } = first
  const version = packageVersion
  const stopping = new AbortController()
  const { signal } = stopping
  closers.push(async () => stopping.abort())
  // what is written while it starts has changed when it has started
  const asRead = source && (await fileMark(source.file))

  // cameras: which there are
  const found = first.cameras.length > 0 ? first.cameras : await findCameras({ signal })
  const camerasOf = ({ cameras }: Config): readonly CameraConfig[] =>
    cameras.length > 0 ? cameras : found

  // what may change while it runs: by the file, and by clients
  let current = first
  const reloader = createReloader({
    file: source?.file ?? null,
    first,
    load: source?.load ?? (async () => first),
    apply,
    reapply,
    log,
  })
  const controls = await openControls({
    file: join(stateFolder(), 'controls.json'),
    cameras: () => [...cameras.keys()],
    configuredBudget: () => current.budget,
    configuredDrawing: camera => configuredDrawing(current, camera),
    configuration: reloader.status,
    applied: reloader.reapply,
    onLost: reason => log.warn({ reason }, 'what clients have changed before is lost'),
  })

  // power: what a millisecond costs
  const scope = {
    camerasOf: (config: Config) => camerasOf(config).map(({ id }) => id),
    drawing: (camera: string, config: Config) =>
      controls.drawn(camera, configuredDrawing(config, camera)),
  }
  const looking = await readLooking(first, scope)
  const power = await openPower({ config: first.power, ...looking.load, log })
  closers.push(power.close)
  const { energy, board } = power

  // cascade
  const cascade = await startCascade(looking.cascade, looking.own, {
    onRemote: tellRemote(log),
    onHandicap: (what, error) => warn(log, what)(error),
  })
  closers.push(cascade.close)
  const changes = createLookingChanges({ ...scope, cascade, power, first: looking })

  // events: what is kept of them, and what becomes of what is seen
  const { folder, maxMegabytes, ...bounds } = first.events.journal
  const journal = await openJournal({
    ...bounds,
    folder: folder ?? join(stateFolder(), 'events'),
    maxBytes: maxMegabytes * 1e6,
    onError: warn(log, 'the journal is not as it should be'),
  })
  closers.push(journal.close)
  const [newest] = journal.list({ limit: 1 }).events
  const happenings = createHappenings({
    journal,
    newId: createEventIds({ random: Math.random, newest: newest?.id }),
    config: () => current.events,
    drawing: camera => scope.drawing(camera, current),
    // as large as it was looked at, because its boxes are exported in pixels
    jpegOf: async ({ picture }) =>
      picture.format === 'jpeg'
        ? picture.data
        : cascade.encode(picture, picture.width, server.liveQuality),
    publish: change => outputs.happened(change),
    pictured: id => outputs.pictured(id),
    onError: warn(log, 'a picture of an event was not kept'),
  })

  const decisions = createDecisions()
  const lines = createLines({
    cascade,
    log,
    decode: async (file, width) => cascade.unpack(await readFile(file), width),
    energy,
    watts: () => stats.watts(),
    heat: board,
    looks: controls.looks,
    eventsOf: happenings.of,
    publish(result, candidates) {
      decisions.add(result, candidates)
      stats.publish(result)
      outputs.publish(result)
    },
    charge(camera, timings) {
      const spent = energy.attribute(timings)
      stats.audited(camera, spent)
      return spent.total
    },
    onSkipped(camera, why, error) {
      const count = stats.skip(camera, why)
      // a camera that keeps failing must not fill the disk: the 1st, 2nd, 4th, 8th ... is told
      if ((count & (count - 1)) === 0)
        warn(log, `a frame was skipped: ${why}`)(error, { camera, count })
    },
    onGone: happenings.remove,
    onUnaudited: warn(log, 'a frame was not audited'),
  })
  const { cameras } = lines

  // outputs
  const outputs = openOutputs({
    config: first,
    version,
    cameras,
    cascade,
    journal: { find: journal.find, snapshot: happenings.snapshot },
    controls,
    labels: camera => {
      const { events } = current
      return Object.keys(events.cameras[camera]?.labels ?? events.labels)
    },
    stats: () => stats.snapshot(),
    signal,
    log,
  })
  const { live, boxed, latest, hub, eventStream } = outputs
  let http: HttpServer | undefined
  // what lasts ends while everybody still listens; who listens is told before the line is cut
  closers.push(async () => http?.close(), outputs.close, happenings.close)
  const stats = createServiceStats({
    version,
    models: cascade.models,
    remote: cascade.remote,
    cameras,
    energy,
    meter: power.meter,
    board,
    batteryHours: power.batteryHours,
    queue: cascade.queue,
    live: outputs.liveStatus,
    clients: hub.status,
    journal: journal.status,
    deliveries: outputs.status,
    auditOf: camera => lines.auditor(camera)?.snapshot(),
  })
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
      events: { ...journal, snapshot: happenings.snapshot },
      boxed,
      annotate: (data, captions, maxWidth = server.liveWidth) =>
        cascade.annotate({ format: 'encoded', data }, captions, maxWidth, server.liveQuality),
      eventStream,
      exportCoco: filter => exportCoco(journal, filter),
      controls,
      metrics: stats.metrics,
      stats: stats.snapshot,
      history: stats.history,
    },
    ...server,
    kiosk: join(packageRoot, 'build/src/outputs/kiosk'),
    webSocket: webSocketRoute(hub),
    onError: warn(log, 'a request failed'),
  })
  http = await serveHttp({ server, fetch: app.fetch, signal, log })
  log.info({ version, config: masked(first) }, 'squint starts')

  // cameras: opened only now, so that a start that must fail touches none
  await lines.apply(settingsOf(first))
  closers.push(lines.close)
  outputs.connect()

  function settingsOf(config: Config) {
    const { audit } = config.cascade
    return { cameras: camerasOf(config), audit, budget: controls.budgetOf(config.budget) }
  }

  /** What may refuse comes first. */
  async function apply(config: Config): Promise<void> {
    await changes.adapt(config)
    await settle(config)
  }

  /** Clients have changed something. */
  async function reapply(config: Config): Promise<void> {
    await changes.redraw(config)
    await settle(config)
  }

  async function settle(config: Config): Promise<void> {
    await lines.apply(settingsOf(config))
    current = config
    happenings.adapt()
    controls.announce()
  }

  closers.push(reloader.close)
  if (source) watchFile(source.file, () => void reloader.reload(), signal, { seen: asRead })
  log.info({ url: http.url, models: cascade.models(), board: energy.board }, 'squint serves')
  return { url: http.url, failed: cascade.failed, reload: reloader.reload }
}

/** Says when an expert on a server is asked, and when it is no longer. */
function tellRemote(log: Log) {
  return ({ state, error, url }: RemoteStatus): void => {
    if (state === 'closed') log.info({ url }, 'the expert on the server is asked')
    else log.warn({ url, ...error }, 'the expert on the server is not asked')
  }
}
