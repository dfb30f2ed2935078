import { yuvBytes } from '../frame/frame.js'
import type { ImageCodec } from '../frame/image.js'
import type { Pixels } from '../frame/pixels.js'
import { createViewer } from '../frame/view.js'
import type { GraphCache } from './graph-cache.js'
import type { WorkerSetup } from './protocol.js'
import { createRemoteExpert, type Wait } from './remote/remote-expert.js'
import type { RemoteStatus } from './remote/status.js'
import { openDetector } from './session.js'
import { createStages, type Open } from './stages.js'
import { type Model, readModel } from './zoo.js'

export interface EngineOptions
  extends Pick<WorkerSetup, 'scout' | 'expert' | 'remote' | 'threads'> {
  readonly codec: ImageCodec
  readonly pixels?: Pixels | undefined
  /** Of networks that need not be rewritten at the next start. */
  readonly cache?: GraphCache
  /** How to wait for a server: other pictures may be looked at meanwhile. */
  readonly away: Wait
  /** Told of everything that changes at the server, if one is asked. */
  onRemote(status: RemoteStatus): void
}

/** The networks that look, wherever they run: replaced as a whole if one of them is. */
export interface Engine {
  readonly open: Open
  /** Not before all that was opened has been looked at. */
  close(): Promise<void>
}

/** Loads the networks and warms them up; a server is tried beside that. Rejects with a MODEL_ code. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { threads, codec, pixels, cache, away, onRemote } = options
  const load = async (model: Model) => openDetector(model, await readModel(model), threads, cache)
  const scout = await load(options.scout)
  const expert = await load(options.expert)
  // what an expert elsewhere sees is usually as large
  const largest = (options.remote?.model ?? options.expert).input
  const local = {
    view: createViewer({ codec, pixels, preview: options.scout.input, largest }),
    scout,
    expert,
  }
  await warmUp(createStages(local))
  const remote = options.remote && createRemoteExpert(options.remote, onRemote)
  return {
    open: createStages({ ...local, remote, away }),
    async close() {
      remote?.close()
      await scout.close()
      await expert.close()
    },
  }
}

/** A camera's first frames should be told as they will be, not as slow as the compiler that is still at work on the loops. */
async function warmUp(open: Open): Promise<void> {
  const [width, height] = [1280, 720]
  const data = new Uint8Array(yuvBytes(width, height))
  const picture = await open({ format: 'yuv420', width, height, data })
  await picture.scout(1)
  await picture.expert(1)
}
