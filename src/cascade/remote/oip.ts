/**
 * The Open Inference Protocol v2 over HTTP with the binary tensor data extension, as KServe, Triton and OpenVINO Model Server speak it
 * (github.com/kserve/open-inference-protocol; Triton's docs/protocol/extension_binary_data.md). Pictures always go as binary data: as JSON
 * they would take longer to write than an expert takes to look. Answers are read either way.
 */
import { z } from 'zod'
import { messageOf } from '../../lib/errors.js'
import type { Head } from '../decode/heads.js'
import { RemoteFailure } from './failure.js'
import type { Answer, Question } from './http.js'

/** Most of an answer: heads of the largest networks that our decoders read have some megabytes. */
export const MAX_ANSWER_BYTES = 16 << 20
const MAX_DESCRIPTION_BYTES = 1 << 20
/** Of a server's own words, in errors. */
const MAX_WORDS = 200
const FLOAT_BYTES = 4

export interface TensorDescription {
  readonly name: string
  readonly datatype: string
  /** -1 where the size is open. */
  readonly shape: readonly number[]
}

/** A network's output, its numbers only if they are floats. */
export interface Output extends Head {
  readonly data: Float32Array
}

const described = z.object({ name: z.string(), datatype: z.string(), shape: z.array(z.int()) })
const descriptionSchema = z.object({
  inputs: z.array(described).max(32).default([]),
  outputs: z.array(described).max(32).default([]),
})

const inferSchema = z.object({
  outputs: z
    .array(
      z.object({
        name: z.string().max(1000),
        datatype: z.string(),
        shape: z.array(z.int().min(0)).max(8),
        parameters: z.object({ binary_data_size: z.int().min(0).optional() }).optional(),
        data: z.array(z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(32),
})
type WrittenOutput = z.infer<typeof inferSchema>['outputs'][number]

/** What a server is asked about one of its models. */
export function createQuestions(name: string, version?: string) {
  const model = `v2/models/${name}${version === undefined ? '' : `/versions/${version}`}`
  const maxBytes = MAX_DESCRIPTION_BYTES
  return {
    ready: { path: 'v2/health/ready', maxBytes },
    describe: { path: model, maxBytes },
    /**
     * Makes questions about pictures.
     * @param outputs those that are wanted; left out: all
     */
    infer(input: TensorDescription, outputs?: readonly string[]) {
      /** @param tensor of the input's type and shape, copied */
      return (tensor: Uint8Array | Float32Array): Question => {
        const bytes = new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength)
        const head = Buffer.from(
          JSON.stringify({
            inputs: [{ ...input, parameters: { binary_data_size: bytes.length } }],
            ...(outputs && {
              outputs: outputs.map(name => ({ name, parameters: { binary_data: true } })),
            }),
            parameters: { binary_data_output: true },
          }),
        )
        return {
          path: `${model}/infer`,
          headers: {
            'content-type': 'application/octet-stream',
            'inference-header-content-length': String(head.length),
          },
          body: Buffer.concat([head, bytes]),
          maxBytes: MAX_ANSWER_BYTES,
        }
      }
    },
  }
}

/** Throws a RemoteFailure, with the server's own words if there are any, unless the answer is a yes. */
export function expectYes({ status, body }: Answer, what: string): void {
  if (status === 200) return
  const words = body.subarray(0, MAX_WORDS).toString().replace(/\s+/g, ' ')
  throw new RemoteFailure('refused', `${what}: expected status 200, found ${status} ${words}`)
}

/** What the server says of a model. Throws a RemoteFailure. */
export function readDescription({ body }: Answer) {
  return parse(descriptionSchema, body, 'model metadata')
}

/** All outputs of an answer. Throws a RemoteFailure if they are not whole, or if anything is left over. */
export function readOutputs({ headers, body }: Answer): Output[] {
  const written = headers['inference-header-content-length']
  const headBytes = written === undefined ? body.length : Number(written)
  if (!Number.isInteger(headBytes) || headBytes < 0 || headBytes > body.length) {
    throw invalid(`JSON of ${written} bytes in ${body.length}`)
  }
  let end = headBytes
  const outputs = parse(inferSchema, body.subarray(0, headBytes), 'inference').outputs.map(
    output => {
      const start = end
      end += output.parameters?.binary_data_size ?? 0
      return readOutput(output, body.subarray(start, end))
    },
  )
  if (end !== body.length) throw invalid(`${body.length} bytes where ${end} were said`)
  return outputs
}

function readOutput(output: WrittenOutput, bytes: Uint8Array): Output {
  const { name, datatype, shape: dims, data = [], parameters } = output
  const said = parameters?.binary_data_size
  if (said !== undefined && said !== bytes.length) {
    throw invalid(`${name} of ${bytes.length} bytes where ${said} were said`)
  }
  if (datatype !== 'FP32') {
    return { name, type: datatype.toLowerCase(), dims, data: new Float32Array() }
  }
  const values = said === undefined ? numbersOf(data.flat(dims.length)) : floatsOf(bytes)
  const count = dims.reduce((product, size) => product * size, 1)
  if (values.length !== count) throw invalid(`${name} [${dims}] of ${values.length} numbers`)
  return { name, type: 'float32', dims, data: values }
}

function numbersOf(values: readonly unknown[]): Float32Array {
  return Float32Array.from(values.filter(value => typeof value === 'number'))
}

/** A copy: what comes from a socket begins where it likes. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes)
  return new Float32Array(copy.buffer, 0, Math.floor(copy.length / FLOAT_BYTES))
}

function parse<T>(schema: z.ZodType<T>, bytes: Buffer, what: string): T {
  let written: unknown
  try {
    written = JSON.parse(bytes.toString())
  } catch (error) {
    throw invalid(`${what} that is no JSON: ${messageOf(error).slice(0, MAX_WORDS)}`)
  }
  const parsed = schema.safeParse(written)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw invalid(`${what}, ${path.join('.')}: ${message}`)
}

function invalid(found: string): RemoteFailure {
  return new RemoteFailure(
    'invalid',
    `expected an answer of the Open Inference Protocol, found ${found}`,
  )
}
