import * as ort from 'onnxruntime-node'
import type { Size } from '../frame/view.js'
import { messageOf, SquintError } from '../lib/errors.js'
import { createDecoder } from './decode/decoder.js'
import { usesOtherFiles } from './external-data.js'
import type { GraphCache } from './graph-cache.js'
import { createFeed, createPlacer, type Placement } from './input.js'
import { refuseTelemetry } from './telemetry.js'
import type { Model } from './zoo.js'

/** One loaded detector; the only user of ONNX Runtime. */
export interface Detector {
  readonly model: Model
  /** Where in the input a picture of this size is wanted. */
  place(picture: Size): Placement
  /**
   * Blocks its thread while the network runs.
   * @param rgb [placed.height, placed.width, 3] uint8
   * @param minScore rows that score less may be left out, 0..1
   * @returns [n, 6] float rows: x1, y1, x2, y2 in input pixels, score, class index; before non-maximum suppression;
   * valid until the next call
   */
  run(rgb: Uint8Array, placed: Placement, minScore: number): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Creates the session, checks it against the manifest and warms it up. Throws MODEL_INVALID.
 * @param threads of one inference; 1 unless latency matters more than heat
 * @param cache left out: the runtime rewrites the network at every start
 */
export async function openDetector(
  model: Model,
  bytes: Uint8Array,
  threads: number,
  cache?: GraphCache,
): Promise<Detector> {
  const session = await findSession(model, bytes, threads, cache)
  const { name, type, dims } = inputOf(model, session)
  const feed = createFeed(model.input)
  const feeds: Record<string, ort.Tensor> = {}
  const infer = (rgb: Uint8Array, placed: Placement) => {
    feeds[name] = new ort.Tensor(type, feed(rgb, placed), dims)
    return session.run(feeds)
  }

  // what a first run gives tells the heads' shapes even of a graph that leaves them open
  const { width, height } = model.input
  const black = new Uint8Array(width * height * 3)
  const first = await infer(black, { left: 0, top: 0, width, height }).catch(invalid(model))
  const decoder = createDecoder(
    model,
    Object.entries(first).map(([name, { type, dims }]) => ({ name, type, dims })),
  )
  const heads: Float32Array[] = []
  return {
    model,
    place: createPlacer(model.input),
    async run(rgb, placed, minScore) {
      const outputs = await infer(rgb, placed)
      for (let i = 0; i < decoder.heads.length; i++) {
        heads[i] = outputs[decoder.heads[i]!]!.data as Float32Array
      }
      return decoder.decode(heads, minScore)
    },
    close: () => session.release(),
  }
}

/** Rewriting the scout takes 54-90 ms, loading it rewritten 12-18 ms (three tries each, AMD EPYC, other work beside it). */
async function findSession(model: Model, bytes: Uint8Array, threads: number, cache?: GraphCache) {
  if (usesOtherFiles(bytes)) {
    throw new SquintError(
      'MODEL_INVALID',
      `${model.name}: expected an ONNX file that holds all its numbers, found one that names other files or is cut`,
    )
  }
  const create = (network: Uint8Array, options: ort.InferenceSession.SessionOptions) =>
    createSession(network, threads, options).catch(invalid(model))
  if (cache === undefined) return create(bytes, { graphOptimizationLevel: 'all' })
  const rewritten = await cache.find(model)
  const known =
    rewritten &&
    // one that the runtime no longer takes is rewritten again
    (await create(rewritten, { graphOptimizationLevel: 'disabled' }).catch(() => undefined))
  return (
    known ??
    cache.keep(model, optimizedModelFilePath =>
      create(bytes, { graphOptimizationLevel: 'all', optimizedModelFilePath }),
    )
  )
}

async function createSession(
  network: Uint8Array,
  threads: number,
  options: ort.InferenceSession.SessionOptions,
) {
  refuseTelemetry()
  // native warnings would bypass the log
  ort.env.logLevel = 'error'
  return ort.InferenceSession.create(network, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    // a spinning pool burnt 8x the CPU time of one that sleeps, at 15 frames/s (research/ecosystem.md, 2a)
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    ...options,
  })
}

/** The network's one input. Throws MODEL_INVALID if it is not what the manifest says; a size that the graph leaves open fits. */
function inputOf(model: Model, session: ort.InferenceSession) {
  const { layout, width, height } = model.input
  const [type, dims] =
    layout === 'nhwc-uint8'
      ? (['uint8', [1, height, width, 3]] as const)
      : (['float32', [1, 3, height, width]] as const)
  const [input, ...more] = session.inputMetadata
  const fits =
    input?.isTensor &&
    input.type === type &&
    input.shape.length === dims.length &&
    input.shape.every((size, i) => typeof size === 'string' || size === dims[i])
  if (!fits || more.length > 0) {
    const found = session.inputMetadata.map(textOf).join(', ')
    throw new SquintError(
      'MODEL_INVALID',
      `${model.name}: expected one input ${type} [${dims}] (${layout}), found ${found}`,
    )
  }
  return { name: input.name, type, dims }
}

function textOf(input: ort.InferenceSession.ValueMetadata): string {
  const { name, type, shape } = Object(input)
  return `${name} ${type} [${shape}]`
}

function invalid(model: Model) {
  return (error: unknown): never => {
    throw new SquintError('MODEL_INVALID', `${model.name}: ${messageOf(error)}`, { cause: error })
  }
}

/** Of ONNX Runtime, as networks are rewritten by it. */
export const runtimeVersion = JSON.stringify(ort.env.versions)
