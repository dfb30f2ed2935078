/** The inference thread: everything that blocks or burns, away from cameras and HTTP. */
import { parentPort, workerData } from 'node:worker_threads'
import { drawCaptions } from '../frame/draw.js'
import type { EncodedPicture, Picture } from '../frame/frame.js'
import { createImageCodec, type PictureSize } from '../frame/image.js'
import { findPixels } from '../frame/pixels.js'
import { createResize } from '../frame/resize.js'
import { rgbToYuv } from '../frame/yuv.js'
import { differ } from '../lib/differ.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { openEngine } from './engine.js'
import { createGraphCache } from './graph-cache.js'
import { createLooker } from './look.js'
import { createMask } from './mask.js'
import { bandOf } from './policy.js'
import type {
  AdaptTask,
  AnnotateTask,
  Answers,
  Audited,
  AuditTask,
  EncodeTask,
  Reply,
  Request,
  Task,
  UnpackTask,
  WorkerSetup,
} from './protocol.js'
import { createScene, type Scene } from './scene/scene.js'
import { runtimeVersion } from './session.js'
import type { Open } from './stages.js'
import { createTurns, type Turns } from './turns.js'
import { createWatcher, type Watch } from './watch.js'

/** Even, so that chroma planes come out whole. */
const even = (pixels: number): number => Math.max(2, pixels & ~1)

const port = parentPort!
const codec = createImageCodec()
const pixels = findPixels(
  handicap('frames cost several times as much: the compiled decoder cannot be loaded'),
)
const resize = createResize(pixels)

async function serve(): Promise<void> {
  // pictures are looked at one by one: a timing would otherwise hold its neighbour's work
  const turns = createTurns()
  /** Engines are numbered as they are started. */
  let started = 0
  let inUse = 0
  async function start(setup: WorkerSetup) {
    const number = ++started
    const engine = await openEngine({
      ...setup,
      codec,
      pixels,
      cache: createGraphCache({
        folder: setup.cache,
        runtime: runtimeVersion,
        onError: handicap(
          'the next start is no shorter: networks are not kept as they were rewritten',
        ),
      }),
      away: turns.away,
      onRemote(status) {
        // what is still under way to a server that was replaced says nothing of the new one
        if (number >= inUse) reply({ type: 'remote', status })
      },
    })
    return { ...engine, number }
  }
  let setup: WorkerSetup = workerData
  let engine = await start(setup)
  let look = createLooker(setup)
  const watchers = new Map<string, Watch>()
  const scenes = new Map<string, Scene>()
  const inHand = new Set<Promise<void>>()
  let adapted = Promise.resolve()

  function watcherOf(camera: string): Watch {
    const known = watchers.get(camera)
    if (known !== undefined) return known
    const { scout, policy, policies, masks } = setup
    const scene = scenes.get(camera) ?? createScene()
    scenes.set(camera, scene)
    const hidden = masks[camera] ?? []
    const mask = hidden.length > 0 && { mask: createMask(hidden) }
    const watch = createWatcher({ scout, policy: policies[camera] ?? policy, ...mask }, scene)
    watchers.set(camera, watch)
    return watch
  }

  /** The old networks go on looking until the new ones can, and are freed once nobody waits for them. */
  async function adapt({ setup: next }: AdaptTask): Promise<undefined> {
    const before = engine
    const renewed = runsAlike(setup, next) ? before : await start(next)
    const begun = [...inHand]
    await turns.next(async () => {
      setup = next
      engine = renewed
      look = createLooker(next)
      watchers.clear()
      inUse = renewed.number
      if (next.remote === undefined) reply({ type: 'remote', status: null })
    })
    if (renewed !== before) void Promise.all(begun).then(before.close)
    return undefined
  }

  function answer(task: Task): Promise<Answers[keyof Answers]> {
    switch (task.type) {
      case 'encode':
        return encode(task)
      case 'annotate':
        return annotate(task, turns)
      case 'unpack':
        return unpack(task)
      case 'look':
        return turns.next(async () => look(await engine.open(task.picture), task))
      case 'watch':
        return turns.next(() =>
          watcherOf(task.camera)({ ...task, open: () => engine.open(task.picture) }),
        )
      case 'audit':
        return turns.idle(() => audit(engine.open, task))
      case 'forget':
        return turns.next(async () => {
          watchers.delete(task.camera)
          scenes.delete(task.camera)
          return undefined
        })
      case 'adapt': {
        const adapting = adapted.then(() => adapt(task))
        adapted = adapting.then(undefined, () => undefined)
        return adapting
      }
    }
  }

  const stop = async (): Promise<void> => {
    await Promise.all(inHand)
    await engine.close()
    port.close()
  }

  port.on('message', (request: Request) => {
    if ('type' in request) {
      void stop()
      return
    }
    const { job, task } = request
    const answered = answer(task).then(
      result => reply({ type: 'done', job, answer: result }),
      error =>
        reply({ type: 'failed', job, failure: { code: codeOf(error), message: messageOf(error) } }),
    )
    inHand.add(answered)
    void answered.then(() => inHand.delete(answered))
  })
  reply({ type: 'ready' })
}

/** Whether the same networks run in the same way. */
function runsAlike(a: WorkerSetup, b: WorkerSetup): boolean {
  const networks = ({ scout, expert, remote, threads }: WorkerSetup) => [
    [scout, expert],
    [remote, threads],
  ]
  return !differ(networks(a), networks(b))
}

async function audit(open: Open, { picture }: AuditTask): Promise<Audited> {
  const opened = await open(picture)
  const { detections: candidates, thresholds } = await opened.expert()
  const detections = candidates.filter(
    ({ label, score }) => score >= bandOf(thresholds, label, 1).high,
  )
  return { detections, candidates, timingsMs: opened.timings() }
}

async function encode({ picture, maxWidth, quality }: EncodeTask): Promise<Uint8Array> {
  const width = even(Math.min(maxWidth, picture.width))
  const height = even(Math.round((picture.height * width) / picture.width))
  const rgb = new Uint8Array(width * height * 3)
  resize(picture, width, height, rgb)
  return codec.encode(rgb, width, height, quality)
}

/**
 * Unpacking and packing run in sharp's own threads, beside whatever is looked at; what would hold this thread up waits for its
 * turn, so that no look is interrupted and no timing holds it.
 */
async function annotate(
  { picture, captions, maxWidth, quality }: AnnotateTask,
  turns: Turns,
): Promise<Uint8Array> {
  const { width, height, turned } = await sizeOf(picture)
  const columns = even(Math.min(maxWidth, width))
  const rows = even(Math.round((height * columns) / width))
  const unpacked =
    picture.format === 'yuv420'
      ? new Uint8Array(columns * rows * 3)
      : await codec.decode(picture.data, columns, rows, turned)
  await turns.next(async () => {
    if (picture.format === 'yuv420') resize(picture, columns, rows, unpacked)
    drawCaptions({ width: columns, height: rows, rgb: unpacked }, captions)
  })
  return codec.encode(unpacked, columns, rows, quality)
}

async function sizeOf(picture: Picture | EncodedPicture): Promise<PictureSize> {
  return picture.format === 'encoded'
    ? codec.identify(picture.data)
    : { width: picture.width, height: picture.height, turned: false }
}

async function unpack({ data, width }: UnpackTask) {
  const size = await codec.identify(data)
  const columns = even(width)
  const rows = even(Math.round((size.height * columns) / size.width))
  return rgbToYuv(await codec.decode(data, columns, rows, size.turned), columns, rows)
}

/** Tells what is slower than it could be, and why. */
function handicap(what: string) {
  return (error: unknown): void =>
    reply({ type: 'handicap', what, failure: { code: codeOf(error), message: messageOf(error) } })
}

function reply(message: Reply): void {
  port.postMessage(message)
}

serve().catch(error => {
  reply({ type: 'broken', failure: { code: codeOf(error), message: messageOf(error) } })
  port.close()
})
