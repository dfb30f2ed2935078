/** The inference thread: everything that blocks or burns, away from cameras and HTTP. */
import { parentPort, workerData } from 'node:worker_threads'
import { yuvBytes } from '../frame/frame.js'
import { createImageCodec } from '../frame/image.js'
import { createViewer } from '../frame/view.js'
import { rgbToYuv, yuvToRgb } from '../frame/yuv.js'
import { codeOf, messageOf } from '../lib/errors.js'
import { createLooker } from './look.js'
import type {
  Answers,
  EncodeTask,
  Reply,
  Request,
  Task,
  UnpackTask,
  WorkerSetup,
} from './protocol.js'
import { openDetector } from './session.js'
import { type Model, readModel } from './zoo.js'

/** Even, so that chroma planes come out whole. */
const even = (pixels: number): number => Math.max(2, pixels & ~1)

const port = parentPort!
const setup: WorkerSetup = workerData
const codec = createImageCodec()

const open = async (model: Model) => openDetector(model, await readModel(model), setup.threads)

async function serve(): Promise<void> {
  const scout = await open(setup.scout)
  const expert = await open(setup.expert)
  const view = createViewer(codec, setup.scout.input)
  const look = createLooker({ ...setup, view, scout, expert })
  await warmUp(look)
  // pictures are looked at one by one: a timing would otherwise hold its neighbour's work
  let queue: Promise<unknown> = Promise.resolve()
  const inHand = new Set<Promise<void>>()

  const answer = (task: Task): Promise<Answers[keyof Answers]> => {
    if (task.type === 'encode') return encode(task)
    if (task.type === 'unpack') return unpack(task)
    const looked = queue.then(() => look(task))
    queue = looked.catch(() => undefined)
    return looked
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
async function warmUp(look: ReturnType<typeof createLooker>): Promise<void> {
  const [width, height] = [1280, 720]
  const picture = {
    format: 'yuv420',
    width,
    height,
    data: new Uint8Array(yuvBytes(width, height)),
  } as const
  for (const depth of ['scout', 'expert'] as const) await look({ type: 'look', picture, depth })
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
