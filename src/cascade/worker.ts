/** The inference thread: everything that blocks or burns, away from cameras and HTTP. */
import { parentPort, workerData } from 'node:worker_threads'
import { yuvBytes } from '../frame/frame.js'
import { createImageCodec } from '../frame/image.js'
import { createViewer } from '../frame/view.js'
import { rgbToYuv, yuvToRgb } from '../frame/yuv.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { createLooker } from './look.js'
import { createMask } from './mask.js'
import { bandOf, floorOf } from './policy.js'
import type {
  AdaptTask,
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
import { type Detector, openDetector } from './session.js'
import { createStages, type Open } from './stages.js'
import { createTurns } from './turns.js'
import { createWatcher, type Watch } from './watch.js'
import { readModel } from './zoo.js'

/** Even, so that chroma planes come out whole. */
const even = (pixels: number): number => Math.max(2, pixels & ~1)

const port = parentPort!
const codec = createImageCodec()

/** All that looks. */
interface Eyes {
  readonly setup: WorkerSetup
  readonly scout: Detector
  readonly expert: Detector
  readonly open: Open
  readonly look: ReturnType<typeof createLooker>
  readonly watchers: Map<string, Watch>
}

/** Loads what `before` has not loaded already. Rejects with a MODEL_ code; then everything is as before. */
async function openEyes(setup: WorkerSetup, before?: Eyes): Promise<Eyes> {
  async function load(role: 'scout' | 'expert'): Promise<Detector> {
    const model = setup[role]
    const known = before?.setup
    const same = known?.[role].sha256 === model.sha256 && known.threads === setup.threads
    if (before !== undefined && same) return { ...before[role], model }
    return openDetector(model, await readModel(model), setup.threads)
  }
  const scout = await load('scout')
  const expert = await load('expert').catch(async (error: unknown) => {
    if (scout.run !== before?.scout.run) await scout.close()
    throw error
  })
  const open = createStages({ view: createViewer(codec, setup.scout.input), scout, expert })
  return { setup, scout, expert, open, look: createLooker(setup), watchers: new Map() }
}

async function serve(): Promise<void> {
  let eyes = await openEyes(workerData)
  await warmUp(eyes.open)
  // pictures are looked at one by one: a timing would otherwise hold its neighbour's work
  const turns = createTurns()
  const scenes = new Map<string, Scene>()
  const inHand = new Set<Promise<void>>()
  let adapted = Promise.resolve()

  function watcherOf(camera: string): Watch {
    const known = eyes.watchers.get(camera)
    if (known !== undefined) return known
    const { scout, expert, policy, policies, masks } = eyes.setup
    const scene = scenes.get(camera) ?? createScene()
    scenes.set(camera, scene)
    const hidden = masks[camera] ?? []
    const mask = hidden.length > 0 && { mask: createMask(hidden) }
    const watch = createWatcher(
      { scout, expert, policy: policies[camera] ?? policy, ...mask },
      scene,
    )
    eyes.watchers.set(camera, watch)
    return watch
  }

  /** The old models go on looking until the new ones can. */
  async function adapt({ setup }: AdaptTask): Promise<undefined> {
    const before = eyes
    const next = await openEyes(setup, before)
    await turns.next(async () => {
      eyes = next
    })
    for (const role of ['scout', 'expert'] as const) {
      if (before[role].run !== next[role].run) await before[role].close()
    }
    return undefined
  }

  function answer(task: Task): Promise<Answers[keyof Answers]> {
    switch (task.type) {
      case 'encode':
        return encode(task)
      case 'unpack':
        return unpack(task)
      case 'look':
        return turns.next(async () => eyes.look(await eyes.open(task.picture), task))
      case 'watch':
        return turns.next(() => {
          const { open } = eyes
          return watcherOf(task.camera)({ ...task, open: () => open(task.picture) })
        })
      case 'audit':
        return turns.idle(() => audit(eyes, task))
      case 'forget':
        return turns.next(async () => {
          eyes.watchers.delete(task.camera)
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
    await eyes.scout.close()
    await eyes.expert.close()
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

/** A camera's first frames should be told as they will be, not as slow as the compiler that is still at work on the loops. */
async function warmUp(open: Open): Promise<void> {
  const [width, height] = [1280, 720]
  const data = new Uint8Array(yuvBytes(width, height))
  const picture = await open({ format: 'yuv420', width, height, data })
  await picture.scout(1)
  await picture.expert(1)
}

async function audit({ open, setup }: Eyes, { picture }: AuditTask): Promise<Audited> {
  const opened = await open(picture)
  const { thresholds } = setup.expert
  const candidates = await opened.expert(floorOf(thresholds))
  const detections = candidates.filter(
    ({ label, score }) => score >= bandOf(thresholds, label, 1).high,
  )
  return { detections, candidates, timingsMs: opened.timings() }
}

async function encode({ picture, maxWidth, quality }: EncodeTask): Promise<Uint8Array> {
  const width = even(Math.min(maxWidth, picture.width))
  const height = even(Math.round((picture.height * width) / picture.width))
  const rgb = new Uint8Array(width * height * 3)
  yuvToRgb(picture, width, height, rgb)
  return codec.encode(rgb, width, height, quality)
}

async function unpack({ data, width }: UnpackTask) {
  const size = await codec.identify(data)
  const columns = even(width)
  const rows = even(Math.round((size.height * columns) / size.width))
  return rgbToYuv(await codec.decode(data, columns, rows, size.turned), columns, rows)
}

function reply(message: Reply): void {
  port.postMessage(message)
}

serve().catch(error => {
  reply({ type: 'broken', failure: { code: codeOf(error), message: messageOf(error) } })
  port.close()
})
