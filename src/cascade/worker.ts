/** The inference thread: everything that blocks or burns, away from cameras and HTTP. */
import { parentPort, workerData } from 'node:worker_threads'
import { yuvBytes } from '../frame/frame.js'
import { createImageCodec } from '../frame/image.js'
import { createViewer } from '../frame/view.js'
import { rgbToYuv, yuvToRgb } from '../frame/yuv.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { createLooker } from './look.js'
import { bandOf, floorOf } from './policy.js'
import type {
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
import { openDetector } from './session.js'
import { createStages, type Open } from './stages.js'
import { createTurns } from './turns.js'
import { createWatcher, type Watch } from './watch.js'
import { type Model, readModel } from './zoo.js'

/** Even, so that chroma planes come out whole. */
const even = (pixels: number): number => Math.max(2, pixels & ~1)

const port = parentPort!
const setup: WorkerSetup = workerData
const codec = createImageCodec()

const load = async (model: Model) => openDetector(model, await readModel(model), setup.threads)

async function serve(): Promise<void> {
  const scout = await load(setup.scout)
  const expert = await load(setup.expert)
  const open = createStages({ view: createViewer(codec, setup.scout.input), scout, expert })
  const look = createLooker(setup)
  await warmUp(open)
  // pictures are looked at one by one: a timing would otherwise hold its neighbour's work
  const turns = createTurns()
  const watchers = new Map<string, Watch>()
  const inHand = new Set<Promise<void>>()

  function watcherOf(camera: string): Watch {
    const known = watchers.get(camera)
    if (known !== undefined) return known
    const { scout, expert, policy, policies } = setup
    const watch = createWatcher({ scout, expert, policy: policies[camera] ?? policy })
    watchers.set(camera, watch)
    return watch
  }

  function answer(task: Task): Promise<Answers[keyof Answers]> {
    switch (task.type) {
      case 'encode':
        return encode(task)
      case 'unpack':
        return unpack(task)
      case 'look':
        return turns.next(async () => look(await open(task.picture), task))
      case 'watch':
        return turns.next(() => watcherOf(task.camera)({ ...task, open: () => open(task.picture) }))
      case 'audit':
        return turns.idle(() => audit(open, task))
    }
  }

  const stop = async (): Promise<void> => {
    await Promise.all(inHand)
    await scout.close()
    await expert.close()
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

async function audit(open: Open, { picture }: AuditTask): Promise<Audited> {
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
