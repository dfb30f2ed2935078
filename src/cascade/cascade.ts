import { Worker } from 'node:worker_threads'
import type { Caption } from '../frame/draw.js'
import type { EncodedPicture, Frame, Picture, YuvPicture } from '../frame/frame.js'
import { SquintError } from '../lib/errors.js'
import type { CascadeConfig } from './config.js'
import type { Depth, Look, Tracked } from './detection.js'
import type { Effort } from './effort.js'
import type {
  AnnotateTask,
  Answers,
  Audited,
  LookTask,
  Reply,
  Request,
  Task,
  WorkerSetup,
} from './protocol.js'
import { isNews, type RemoteStatus } from './remote/status.js'
import { createStaging } from './staging.js'
import { refuseTelemetry } from './telemetry.js'
import { findModels, findRemoteModel, type Model } from './zoo.js'

/** Node's own default for a worker. */
const STACK_MEGABYTES = 4
/**
 * ONNX Runtime 1.30 searches /proc/self/cmdline with a recursive regex when it starts: 290 bytes of stack per character were
 * measured (600 file names overflowed 4 MB), and nothing but a larger stack helps.
 */
const STACK_BYTES_PER_ARGUMENT_CHARACTER = 512

/** Uploads that may wait while one is looked at; more would only grow old. */
const MAX_WAITING = 4

export interface DetectOptions {
  readonly depth: Depth
  /** Lowest score to report, 0..1; left out: the deciding model's own. */
  readonly minScore?: number
}

/** What a model knows. */
export interface Network {
  readonly name: string
  readonly labels: readonly string[]
  /** Size of its input in pixels. */
  readonly width: number
  readonly height: number
}

/** The main thread's side of the inference thread. */
export interface Cascade {
  /** Those that run here. */
  models(): { readonly scout: string; readonly expert: string }
  /**
   * Looks by other models, policies and masks from the next picture on; what is known of the scenes stays. Rejects with a
   * MODEL_ code, and then all is as before.
   */
  adapt(config: CascadeConfig, own?: OwnSettings): Promise<void>
  /** Looks by other policies and masks from the next picture on, by the networks that it has: what lies on the disk does not matter. */
  adaptOwn(own: OwnSettings): Promise<void>
  networks(): { readonly scout: Network; readonly expert: Network }
  /** Looks at a camera's frame. Each must come once the one before it of this camera has been looked at. */
  watch(frame: Frame, effort: Effort): Promise<Look<Tracked>>
  /** Frees what is known of a camera that is gone. */
  forget(camera: string): Promise<void>
  /** The expert's word on a frame that stopped early, once nothing else is to be done. */
  audit(picture: Picture): Promise<Audited>
  /** Looks at a picture file or upload (JPEG, PNG, WebP). Rejects with BUSY when too many wait. */
  detect(data: Uint8Array, options: DetectOptions): Promise<Look>
  /** A raw picture as JPEG, at most `maxWidth` wide. */
  encode(picture: YuvPicture, maxWidth: number, quality: number): Promise<Uint8Array>
  /** A picture as JPEG, at most `maxWidth` wide, with boxes drawn in. Rejects with a PICTURE_ code, or with BUSY when too many wait. */
  annotate(
    picture: Picture | EncodedPicture,
    captions: readonly Caption[],
    maxWidth: number,
    quality: number,
  ): Promise<Uint8Array>
  /** A picture file as a raw picture `width` wide. */
  unpack(data: Uint8Array, width: number): Promise<YuvPicture>
  queue(): { readonly waiting: number; readonly refused: number }
  /** How asking an expert on a server goes; null: none is configured. */
  remote(): RemoteStatus | null
  /** Settles if the thread ends without being asked to; rejects then. */
  readonly failed: Promise<never>
  /** Lets the work in hand finish, then frees the models. Safe to call twice. */
  close(): Promise<void>
}

interface Job {
  resolve(answer: Answers[keyof Answers]): void
  reject(error: Error): void
}

/** What single cameras have of their own, by id. */
export type OwnSettings = Partial<Pick<WorkerSetup, 'policies' | 'masks'>>

/** Who is told of what changes beside the looking. */
export interface CascadeListeners {
  /** An expert on a server is asked, or no longer, and why. */
  onRemote?(status: RemoteStatus): void
  /** It works, but slower than it could: what is slow, and why. */
  onHandicap?(what: string, error: SquintError): void
}

/** Starts the inference thread and waits until its models are loaded and warm. Rejects with a MODEL_ code. */
export async function startCascade(
  config: CascadeConfig,
  own?: OwnSettings,
  { onRemote, onHandicap }: CascadeListeners = {},
): Promise<Cascade> {
  let setup = await setUp(config, own)
  refuseTelemetry()
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: setup,
    resourceLimits: { stackSizeMb: stackMegabytes(process.argv) },
  })
  const staging = createStaging()
  const jobs = new Map<number, Job>()
  let lastJob = 0
  let refused = 0
  let remote: RemoteStatus | null = null
  let closing: Promise<void> | undefined
  let changed: Promise<void> = Promise.resolve()
  /** Why nothing can be asked any more. */
  let ended: SquintError | undefined

  const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', (reply: Reply) => {
      if (reply.type === 'ready') return resolve()
      if (reply.type === 'remote') return heard(reply.status)
      if (reply.type === 'handicap') return onHandicap?.(reply.what, fail(reply.failure))
      if (reply.type === 'broken') return reject(fail(reply.failure))
      const job = jobs.get(reply.job)!
      jobs.delete(reply.job)
      if (reply.type === 'done') job.resolve(reply.answer)
      else job.reject(fail(reply.failure))
    })
    worker.once('error', reject)
  })
  const failed = new Promise<never>((_, reject) => {
    worker.once('exit', () => {
      const code = closing === undefined ? 'INFERENCE_FAILED' : 'CLOSED'
      ended = new SquintError(code, 'the inference thread has ended')
      for (const job of jobs.values()) job.reject(ended)
      jobs.clear()
      if (closing === undefined) reject(ended)
    })
  })
  failed.catch(() => undefined)

  function heard(status: RemoteStatus | null): void {
    const before = remote
    remote = status
    if (before !== null && status !== null && isNews(before, status)) onRemote?.(status)
  }

  function ask<T extends Task>(task: T): Promise<Answers[T['type']]> {
    return new Promise((resolve, reject) => {
      if (closing !== undefined) return reject(new SquintError('CLOSED', 'the service is stopping'))
      if (ended !== undefined) return reject(ended)
      const job = ++lastJob
      jobs.set(job, { resolve: resolve as Job['resolve'], reject })
      worker.postMessage({ job, task } satisfies Request)
    })
  }

  /** Asks for what clients may ask for: a line of its own for each kind, so that pictures to look at do not wait for those to show. */
  function bounded<T extends Task>(): (task: T) => Promise<Answers[T['type']]> {
    let under = 0
    return async task => {
      if (under > MAX_WAITING) {
        refused++
        throw new SquintError(
          'BUSY',
          `expected at most ${MAX_WAITING} pictures waiting; try again in a second`,
        )
      }
      under++
      try {
        return await ask(task)
      } finally {
        under--
      }
    }
  }
  const look = bounded<LookTask>()
  const annotate = bounded<AnnotateTask>()

  async function close(): Promise<void> {
    worker.postMessage({ type: 'stop' } satisfies Request)
    await gone
  }

  /** One after the other, in the order in which they were asked for: each begins with what the one before has left. */
  function change(prepare: () => Promise<WorkerSetup>): Promise<void> {
    const changing = changed.then(async () => {
      const next = await prepare()
      await ask({ type: 'adapt', setup: next })
      setup = next
    })
    changed = changing.catch(() => undefined)
    return changing
  }

  await ready
  return {
    models: () => ({ scout: setup.scout.name, expert: setup.expert.name }),
    adapt: (config, own) => change(() => setUp(config, own)),
    adaptOwn: own => change(async () => ({ ...setup, ...own })),
    networks: () => ({ scout: networkOf(setup.scout), expert: networkOf(setup.expert) }),
    watch({ camera, capturedAt, picture }, effort) {
      const staged = staging.stage(camera, picture)
      return ask({ type: 'watch', camera, capturedAt, picture: staged, effort })
    },
    async forget(camera) {
      staging.forget(camera)
      await ask({ type: 'forget', camera })
    },
    audit: picture => ask({ type: 'audit', picture }),
    detect: (data, options) =>
      look({ type: 'look', picture: { format: 'encoded', data }, ...options }),
    encode: (picture, maxWidth, quality) => ask({ type: 'encode', picture, maxWidth, quality }),
    annotate: (picture, captions, maxWidth, quality) =>
      annotate({ type: 'annotate', picture, captions, maxWidth, quality }),
    unpack: (data, width) => ask({ type: 'unpack', data, width }),
    queue: () => ({ waiting: jobs.size, refused }),
    remote: () => remote,
    failed,
    close() {
      closing ??= close()
      return closing
    },
  }
}

async function setUp(config: CascadeConfig, own: OwnSettings = {}): Promise<WorkerSetup> {
  const { threads, cache, policy } = config
  const { policies = {}, masks = {} } = own
  const { scout, expert } = await findModels(config)
  const remote = await remoteOf(config, expert)
  return { scout, expert, remote, threads, cache, policy, policies, masks }
}

/** What the thread needs to know of an expert on a server. */
async function remoteOf({ models, expert }: CascadeConfig, local: Model) {
  if (typeof expert !== 'object') return undefined
  const { remote: url, model: name, version, token, timeoutMs } = expert
  return { url, name, version, token, timeoutMs, model: await findRemoteModel(models, name, local) }
}

/** The stack that the thread needs to outlive its own process's command line; memory is only taken if it is used. */
function stackMegabytes(argv: readonly string[]): number {
  const characters = Buffer.byteLength(argv.join(' '))
  return STACK_MEGABYTES + Math.ceil((characters * STACK_BYTES_PER_ARGUMENT_CHARACTER) / 2 ** 20)
}

function networkOf({ name, labels, input: { width, height } }: Model): Network {
  return { name, labels, width, height }
}

function fail({ code, message }: { code: SquintError['code']; message: string }): SquintError {
  return new SquintError(code, message)
}
