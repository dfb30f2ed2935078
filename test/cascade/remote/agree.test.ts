import t from 'tap'
import { agree } from '../../../src/cascade/remote/agree.js'
import type { Answer, Question } from '../../../src/cascade/remote/http.js'
import { createQuestions, type TensorDescription } from '../../../src/cascade/remote/oip.js'
import { inputFixture, modelFixture } from '../../fixtures/model.js'

const model = modelFixture({ role: 'expert', input: inputFixture({ width: 64, height: 32 }) })
const image = { name: 'image', datatype: 'UINT8', shape: [1, 32, 64, 3] }
const person = [0, 0, 16, 32, 0.9, 0]

interface Paper {
  readonly inputs?: readonly TensorDescription[]
  /** Rows of each answer in turn; the last one repeats. */
  readonly answers?: readonly { readonly shape: readonly number[]; readonly data: number[] }[]
}

/** A server of paper, and what it was asked. */
function paperServer({ inputs = [image], answers }: Paper = {}) {
  const asked: (Question & { readonly withinMs: number })[] = []
  const given = [...(answers ?? [{ shape: [1, 1, 6], data: person }])]
  const json = (body: object): Answer => ({
    status: 200,
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  })
  return {
    asked,
    async ask(question: Question, withinMs: number) {
      asked.push({ ...question, withinMs })
      if (!question.path.endsWith('/infer')) return json({ inputs })
      const { shape, data } = given.length > 1 ? given.shift()! : given[0]!
      const other = { name: 'count', datatype: 'INT64', shape: [1], data: [1] }
      const rows = { name: 'rows', datatype: 'FP32', shape, data }
      return json({ outputs: [other, rows] })
    },
  }
}

const outputsOf = (shape: readonly number[], data: readonly number[]) => [
  { name: 'rows', type: 'float32', dims: shape, data: Float32Array.from(data) },
]

t.test('a server is asked patiently at first, and at last as pictures will be', async t => {
  const server = paperServer()
  await agree(model, createQuestions('m'), server, 70)
  t.same(
    server.asked.map(({ path, withinMs }) => [path, withinMs]),
    [
      ['v2/health/ready', 5000],
      ['v2/models/m', 5000],
      ['v2/models/m/infer', 5000],
      ['v2/models/m/infer', 70],
    ],
  )
  const [, , first, second] = server.asked.map(({ body }) => Buffer.from(body ?? []).toString())
  t.notMatch(first, '"outputs"', 'what there is, is not known before')
  t.match(second, '"outputs":[{"name":"rows","parameters":{"binary_data":true}}]')
})

t.test('what it answers is read by our decoder, however many rows there are', async t => {
  const { read } = await agree(model, createQuestions('m'), paperServer(), 70)
  t.same(read(outputsOf([1, 1, 6], person), 0.5), Float32Array.from(person))
  const two = [...person, ...person]
  t.same(read(outputsOf([1, 2, 6], two), 0.5), Float32Array.from(two))
  t.throws(() => read(outputsOf([1, 6, 1], person), 0.5), { code: 'MODEL_INVALID' })
  t.throws(() => read([], 0.5), { code: 'MODEL_INVALID' })
  t.same(read(outputsOf([1, 1, 6], person), 0.5), Float32Array.from(person), 'and again')
})

t.test('floats are asked for where the network takes floats', async t => {
  const input = inputFixture({ width: 64, height: 32, layout: 'nchw-float' })
  const images = { name: 'images', datatype: 'FP32', shape: [-1, 3, 32, 64] }
  const server = paperServer({ inputs: [images] })
  const { question } = await agree({ ...model, input }, createQuestions('m'), server, 70)
  const { body, headers } = question(new Float32Array(3 * 32 * 64))
  const head = Number(headers!['inference-header-content-length'])
  t.equal(body!.length - head, 4 * 3 * 32 * 64)
  t.match(Buffer.from(body!).subarray(0, head).toString(), '"shape":[1,3,32,64]')
})

t.test('a network of another input or with other heads is refused by what was found', async t => {
  const expected = 'paper: expected a server with one input UINT8 [1,32,64,3] (nhwc-uint8), found '
  for (const [inputs, found] of [
    [[], 'none'],
    [[{ ...image, shape: [1, 64, 64, 3] }], 'image UINT8 [1,64,64,3]'],
    [[{ ...image, shape: [32, 64, 3] }], 'image UINT8 [32,64,3]'],
    [[{ ...image, datatype: 'FP32' }], 'image FP32 [1,32,64,3]'],
    [[image, { ...image, name: 'mask' }], 'image UINT8 [1,32,64,3], mask UINT8 [1,32,64,3]'],
  ] as const) {
    await t.rejects(agree(model, createQuestions('m'), paperServer({ inputs }), 70), {
      code: 'MODEL_INVALID',
      message: `${expected}${found}`,
    })
  }
  const turned = { shape: [1, 6, 1], data: person }
  for (const answers of [[turned], [{ shape: [1, 1, 6], data: person }, turned]]) {
    await t.rejects(agree(model, createQuestions('m'), paperServer({ answers }), 70), {
      code: 'MODEL_INVALID',
      message:
        'paper: decoder rows: expected the outputs [1,n,6], each once, or named in "outputs"; found count int64 [1], rows float32 [1,6,1]',
    })
  }
})
