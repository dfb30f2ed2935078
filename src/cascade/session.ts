import * as ort from 'onnxruntime-node'
import { messageOf, SquintError } from '../lib/errors.js'
import type { Model } from './zoo.js'

/** One loaded detector; the only user of ONNX Runtime. */
export interface Detector {
  readonly model: Model
  /**
   * Blocks its thread while the network runs.
   * @param rgb [input.height, input.width, 3] uint8
   * @returns [n, 6] float rows, best first, before non-maximum suppression; valid until the next call
   */
  run(rgb: Uint8Array): Promise<Float32Array>
  close(): Promise<void>
}

/**
 * Creates the session, checks it against the manifest and warms it up. Throws MODEL_INVALID.
 * @param threads of one inference; 1 unless latency matters more than heat
 */
export async function openDetector(
  model: Model,
  bytes: Uint8Array,
  threads: number,
): Promise<Detector> {
  const session = await createSession(model, bytes, threads)
  const { width, height } = model.input
  const dims = [1, height, width, 3]
  expectInput(model, session, dims)
  const detector: Detector = {
    model,
    async run(rgb) {
      const { rows } = await session.run({ image: new ort.Tensor('uint8', rgb, dims) })
      return rows!.data as Float32Array
    },
    close: () => session.release(),
  }
  await detector.run(new Uint8Array(width * height * 3))
  return detector
}

async function createSession(model: Model, bytes: Uint8Array, threads: number) {
  // native warnings would bypass the log
  ort.env.logLevel = 'error'
  try {
    return await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // a spinning pool burnt 8x the CPU time of one that sleeps, at 15 frames/s (research/ecosystem.md, 2a)
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  } catch (error) {
    throw new SquintError('MODEL_INVALID', `${model.name}: ${messageOf(error)}`, { cause: error })
  }
}

function expectInput(model: Model, session: ort.InferenceSession, dims: readonly number[]): void {
  const { name, type, shape } = Object(session.inputMetadata[0])
  const found = `${name} ${type} [${shape}]`
  const expected = `image uint8 [${dims}]`
  if (found !== expected || session.outputNames[0] !== 'rows') {
    throw new SquintError(
      'MODEL_INVALID',
      `${model.name}: expected input ${expected} and output rows, found ${found} and ${session.outputNames}`,
    )
  }
}
