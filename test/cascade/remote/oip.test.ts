import t from 'tap'
import type { Answer } from '../../../src/cascade/remote/http.js'
import {
  createQuestions,
  expectYes,
  readDescription,
  readOutputs,
} from '../../../src/cascade/remote/oip.js'
import { createRandom } from '../../../src/lib/random.js'

const answer = (body: Uint8Array | string | object, headers = {}, status = 200): Answer => ({
  status,
  headers,
  body: Buffer.from(
    typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  ),
})

interface Tensor {
  readonly name: string
  readonly datatype: string
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** An answer with binary tensors, as the specification has it. */
function binary(tensors: readonly Tensor[]): Answer {
  const outputs = tensors.map(({ bytes, ...tensor }) => ({
    ...tensor,
    parameters: { binary_data_size: bytes.length },
  }))
  const head = Buffer.from(JSON.stringify({ model_name: 'm', outputs }))
  return answer(Buffer.concat([head, ...tensors.map(({ bytes }) => bytes)]), {
    'inference-header-content-length': String(head.length),
  })
}

const bytesOf = (values: Float32Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

t.test('a server is asked below its address, of a version if one is wanted', async t => {
  const { ready, describe, infer } = createQuestions('shared')
  t.equal(ready.path, 'v2/health/ready')
  t.equal(describe.path, 'v2/models/shared')
  const input = { name: 'x', datatype: 'UINT8', shape: [1] }
  t.equal(infer(input)(new Uint8Array(1)).path, 'v2/models/shared/infer')
  t.equal(createQuestions('shared', '3').describe.path, 'v2/models/shared/versions/3')
})

t.test('a picture goes as bytes behind the JSON that describes them', async t => {
  const input = { name: 'image', datatype: 'FP32', shape: [1, 3, 1, 2] }
  const pixels = new Float32Array([9, 1, 2, 3, 4, 5, 6]).subarray(1)
  const question = createQuestions('m').infer(input, ['rows'])(pixels)
  const length = Number(question.headers!['inference-header-content-length'])
  t.equal(question.headers!['content-type'], 'application/octet-stream')
  const body = Buffer.from(question.body!)
  t.same(JSON.parse(body.subarray(0, length).toString()), {
    inputs: [{ ...input, parameters: { binary_data_size: 24 } }],
    outputs: [{ name: 'rows', parameters: { binary_data: true } }],
    parameters: { binary_data_output: true },
  })
  pixels.fill(0)
  t.same([...new Float32Array(Uint8Array.from(body.subarray(length)).buffer)], [1, 2, 3, 4, 5, 6])
  const all = createQuestions('m').infer(input)(pixels)
  t.notMatch(Buffer.from(all.body!).toString(), 'outputs', 'none named: all are wanted')
})

t.test('all tensors of any answer are read as they were written, as bytes and as JSON', async t => {
  const random = createRandom(6)
  const integer = (max: number) => Math.floor(random() * max)
  for (let round = 0; round < 300; round++) {
    const floats = Array.from({ length: 1 + integer(4) }, (_, i) => {
      const shape = Array.from({ length: integer(4) }, () => integer(5))
      const values = Float32Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => 1000 * (random() - 0.5),
      )
      return { name: `${'ö'.repeat(integer(3))}${i}`, shape, values }
    })
    const expected = floats.map(({ name, shape, values }) => ({
      name,
      type: 'float32',
      dims: shape,
      data: values,
    }))
    const tensors = floats.map(({ name, shape, values }) => ({
      name,
      shape,
      datatype: 'FP32',
      bytes: bytesOf(values),
    }))
    const asBytes = binary(tensors)
    t.same(readOutputs(asBytes), expected)
    const outputs = floats.map(({ name, shape, values }) => ({
      name,
      shape,
      datatype: 'FP32',
      data: [...values],
    }))
    t.same(readOutputs(answer({ outputs })), expected)
    // whatever byte it ends at, a shorter answer is refused, and so is a longer one
    const cut = integer(asBytes.body.length)
    const refused = { code: 'REMOTE_FAILED', reason: 'invalid' }
    t.throws(() => readOutputs({ ...asBytes, body: asBytes.body.subarray(0, cut) }), refused)
    const longer = Buffer.concat([asBytes.body, Buffer.alloc(1 + integer(9))])
    t.throws(() => readOutputs({ ...asBytes, body: longer }), refused)
  }
})

t.test('numbers in lists of lists are read, and what is no float keeps its name only', async t => {
  const nested = {
    name: 'a',
    datatype: 'FP32',
    shape: [1, 2, 2],
    data: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  }
  const count = { name: 'b', datatype: 'INT64', shape: [1], data: [7] }
  t.match(readOutputs(answer({ outputs: [nested, count] })), [
    { name: 'a', type: 'float32', data: Float32Array.of(1, 2, 3, 4) },
    { name: 'b', type: 'int64', dims: [1], data: { length: 0 } },
  ])
  const bytes = new Uint8Array(8)
  const rows = { name: 'r', datatype: 'FP32', shape: [1], bytes: bytesOf(Float32Array.of(5)) }
  t.match(readOutputs(binary([{ name: 'n', datatype: 'INT64', shape: [1], bytes }, rows])), [
    { type: 'int64' },
    { type: 'float32', data: Float32Array.of(5) },
  ])
})

t.test('an answer that is not of the protocol is refused in words', async t => {
  const head = (length: string) => answer('{}', { 'inference-header-content-length': length })
  const fp32 = { name: 'r', datatype: 'FP32', shape: [2] }
  for (const [wrong, message] of [
    [answer('<html>'), /found inference that is no JSON: /],
    [answer('[]'), /found inference, : Invalid input/],
    [answer({ outputs: [] }), /found inference, outputs: /],
    [answer({ outputs: [{ ...fp32, shape: [-1], data: [] }] }), /outputs\.0\.shape\.0/],
    [answer({ outputs: [{ ...fp32, data: [1] }] }), /found r \[2\] of 1 numbers/],
    [answer({ outputs: [{ ...fp32, data: [1, null] }] }), /found r \[2\] of 1 numbers/],
    [answer({ outputs: [fp32] }), /found r \[2\] of 0 numbers/],
    [binary([{ ...fp32, bytes: new Uint8Array(7) }]), /found r \[2\] of 1 numbers/],
    [head('three'), /found JSON of three bytes in 2/],
    [head('-1'), /found JSON of -1 bytes/],
    [head('3'), /found JSON of 3 bytes/],
  ] as const) {
    t.throws(() => readOutputs(wrong), { code: 'REMOTE_FAILED', reason: 'invalid', message })
  }
})

t.test("a server's no is told in its own words, cut short", async t => {
  t.doesNotThrow(() => expectYes(answer(''), 'server'))
  t.throws(() => expectYes(answer('{"error": "no\n  GPU"}', {}, 503), 'server'), {
    reason: 'refused',
    message: 'server: expected status 200, found 503 {"error": "no GPU"}',
  })
  const long = answer('x'.repeat(9999), {}, 307)
  t.throws(() => expectYes(long, 'inference'), { message: /^.{40,300}$/ })
})

t.test('a description has inputs and outputs, if only none', async t => {
  const input = { name: 'image', datatype: 'UINT8', shape: [-1, 320, 448, 3] }
  t.same(readDescription(answer({ name: 'm', inputs: [input] })), { inputs: [input], outputs: [] })
  t.throws(() => readDescription(answer({ inputs: [{ name: 'image' }] })), {
    message: /found model metadata, inputs\.0\.datatype: /,
  })
})
