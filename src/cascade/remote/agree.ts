import { SquintError } from '../../lib/errors.js'
import { createDecoder } from '../decode/decoder.js'
import type { Decoder } from '../decode/heads.js'
import type { Model } from '../zoo.js'
import type { Answer, HttpClient, Question } from './http.js'
import {
  type createQuestions,
  expectYes,
  type Output,
  readDescription,
  readOutputs,
  type TensorDescription,
} from './oip.js'

/** How a server is asked about pictures, and its answers are read. */
export interface Agreed {
  question(tensor: Uint8Array | Float32Array): Question
  /** Throws a RemoteFailure, or MODEL_INVALID. */
  read(outputs: readonly Output[], minScore: number): Float32Array
}

/** A first inference may be slow, and so may a server that is starting; nobody waits for them. */
const PATIENCE_MS = 5000

/**
 * Finds out whether a server has the network that `model` describes: it must be ready, take such an input, answer a black picture with heads
 * that our decoder reads, and do that in time once it is warm. Rejects with a RemoteFailure, or with MODEL_INVALID that tells what was
 * expected and found.
 */
export async function agree(
  model: Model,
  questions: ReturnType<typeof createQuestions>,
  http: Pick<HttpClient, 'ask'>,
  timeoutMs: number,
): Promise<Agreed> {
  const ask = async (question: Question, what: string, withinMs = PATIENCE_MS): Promise<Answer> => {
    const answer = await http.ask(question, withinMs)
    expectYes(answer, what)
    return answer
  }
  await ask(questions.ready, 'server')
  const description = readDescription(await ask(questions.describe, 'model metadata'))
  const input = inputOf(model, description.inputs)
  const size = 3 * model.input.width * model.input.height
  const black = input.datatype === 'UINT8' ? new Uint8Array(size) : new Float32Array(size)
  const first = await ask(questions.infer(input)(black), 'inference')
  let { decoder, heads } = headsOf(model, readOutputs(first))
  const question = questions.infer(input, decoder.heads)

  function read(outputs: readonly Output[], minScore: number): Float32Array {
    const found = new Map(outputs.map(output => [output.name, output]))
    // a number of rows may differ from picture to picture; anything else is another network
    if (heads.some(({ name, dims }) => String(found.get(name)?.dims) !== String(dims))) {
      ;({ decoder, heads } = headsOf(model, outputs))
    }
    return decoder.decode(
      decoder.heads.map(name => found.get(name)!.data),
      minScore,
    )
  }

  read(readOutputs(await ask(question(black), 'inference', timeoutMs)), 1)
  return { question, read }
}

/** Throws MODEL_INVALID. */
function headsOf(model: Model, outputs: readonly Output[]) {
  const decoder: Decoder = createDecoder(model, outputs)
  const heads = decoder.heads.map(name => outputs.find(output => output.name === name)!)
  return { decoder, heads }
}

/** The network's one input as it is asked for. Throws MODEL_INVALID if it is not what the manifest says; -1 stands for any size. */
function inputOf(model: Model, inputs: readonly TensorDescription[]): TensorDescription {
  const { layout, width, height } = model.input
  const [datatype, shape] =
    layout === 'nhwc-uint8' ? ['UINT8', [1, height, width, 3]] : ['FP32', [1, 3, height, width]]
  const [input, ...more] = inputs
  const fits =
    input?.datatype === datatype &&
    input.shape.length === shape.length &&
    input.shape.every((size, i) => size === -1 || size === shape[i])
  if (fits && more.length === 0) return { name: input.name, datatype, shape }
  const found = inputs.map(({ name, datatype, shape }) => `${name} ${datatype} [${shape}]`)
  throw new SquintError(
    'MODEL_INVALID',
    `${model.name}: expected a server with one input ${datatype} [${shape}] (${layout}), found ${found.join(', ') || 'none'}`,
  )
}
