import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createGraphCache } from '../../src/cascade/graph-cache.js'
import { openDetector, runtimeVersion } from '../../src/cascade/session.js'
import { toDetections } from '../../src/cascade/suppress.js'
import { findModel, type Model, readModel } from '../../src/cascade/zoo.js'
import { createImageCodec } from '../../src/frame/image.js'
import { packageRoot } from '../../src/lib/package.js'
import { inputFixture, modelFixture } from '../fixtures/model.js'
import { constantNetwork, onnxFile } from '../fixtures/onnx.js'
import { photo } from '../fixtures/photos.js'

const folder = join(packageRoot, 'models')

t.test('every model of the package loads and answers in rows of six', async t => {
  for (const [role, name] of [
    ['scout', undefined],
    ['expert', 'expert-ghostnet'],
    ['expert', 'expert-mobilenetv3'],
    ['scout', 'scout-person'],
  ] as const) {
    const model = await findModel(folder, role, name)
    const detector = await openDetector(model, await readModel(model), 1)
    const { width, height } = model.input
    const grey = new Uint8Array(width * height * 3).fill(127)
    const rows = await detector.run(grey, detector.place(model.input), 0)
    t.equal(rows.length % 6, 0)
    t.ok(rows.length >= 600, `${rows.length / 6} rows`)
    t.ok(rows.every(Number.isFinite))
    await detector.close()
  }
})

t.test("bytes that are no network are refused by the model's name", async t => {
  await t.rejects(openDetector(modelFixture(), Buffer.from('no network'), 1), {
    code: 'MODEL_INVALID',
    message: /^paper: /,
  })
})

t.test('a network whose numbers lie in another file is refused, and the file not read', async t => {
  const input = { name: 'in', type: 'uint8', dims: [1, 192, 320, 3] } as const
  const rows = { name: 'rows', dims: [1, 1, 6], data: [1, 2, 30, 40, 0.5, 0] }
  const whole = await openDetector(modelFixture(), constantNetwork(input, [rows]), 1)
  await whole.close()
  const numbers = t.testdir({ 'rows.bin': Buffer.from(Float32Array.from(rows.data).buffer) })
  for (const file of ['rows.bin', `${numbers}/rows.bin`, '../../../../etc/passwd']) {
    await t.rejects(openDetector(modelFixture(), constantNetwork(input, [{ ...rows, file }]), 1), {
      code: 'MODEL_INVALID',
      message: /^paper: expected an ONNX file that holds all its numbers/,
    })
  }
})

t.test('a network of another input than the manifest says is refused', async t => {
  const model = await findModel(folder, 'scout')
  const bytes = await readModel(model)
  const small = inputFixture({ width: 64, height: 64 })
  await t.rejects(openDetector({ ...model, input: small }, bytes, 1), {
    code: 'MODEL_INVALID',
    message: `${model.name}: expected one input uint8 [1,64,64,3] (nhwc-uint8), found image uint8 [1,${model.input.height},${model.input.width},3]`,
  })
  const floats = { ...small, layout: 'nchw-float' } as const
  await t.rejects(openDetector({ ...model, input: floats }, bytes, 1), {
    code: 'MODEL_INVALID',
    message: /expected one input float32 \[1,3,64,64\] \(nchw-float\), found image uint8/,
  })
})

const input = inputFixture({ width: 64, height: 32, layout: 'nchw-float' })
const yolov8 = modelFixture<'yolov8'>({ decoder: 'yolov8', input, labels: ['person', 'car'] })
/** Two cells: a person of 8 x 4 pixels around (20, 10), and nothing. */
const output0 = {
  name: 'output0',
  dims: [1, 6, 2],
  data: [20, 1, 10, 1, 8, 1, 4, 1, 0.75, 0, 0.5, 0],
}
const images = { name: 'images', type: 'float32', dims: [1, 3, 32, 64] } as const

t.test("a user's own network is fed as its entry says, and its heads decoded", async t => {
  const letterboxed = { ...yolov8, input: { ...input, fit: 'letterbox-centre' } } as const
  const bytes = constantNetwork(images, [output0])
  const detector = await openDetector(letterboxed, bytes, 1)
  const placed = detector.place({ width: 32, height: 32 })
  t.same(placed, { left: 16, top: 0, width: 32, height: 32 })
  const rows = await detector.run(new Uint8Array(32 * 32 * 3), placed, 0.1)
  t.same([...rows], [16, 8, 24, 12, 0.75, 0])
  const [person] = toDetections(rows, letterboxed, placed, 0.1)
  t.match(person, { label: 'person', box: { x: 0, y: 0.25, width: 0.25, height: 0.125 } })
  t.equal((await detector.run(new Uint8Array(32 * 32 * 3), placed, 0.8)).length, 0)
  await detector.close()
})

t.test('what is fed is the picture: a network that gives it back', async t => {
  const model = modelFixture<'yolov8'>({
    decoder: 'yolov8',
    input: inputFixture({ width: 32, height: 32, layout: 'nchw-float', std: [255, 255, 255] }),
    labels: Array.from({ length: 92 }, (_, i) => `row ${i}`),
  })
  // the 3 x 32 rows of the picture are 4 of boxes and 92 of classes to the decoder
  const bytes = onnxFile({
    inputs: [{ name: 'x', type: 'float32', dims: [1, 3, 32, 32] }],
    constants: [{ name: 'shape', dims: [3], data: BigInt64Array.of(1n, 96n, 32n) }],
    nodes: [{ op: 'Reshape', inputs: ['x', 'shape'], output: 'y' }],
    outputs: [{ name: 'y', type: 'float32', dims: [1, 96, 32] }],
  })
  const detector = await openDetector(model, bytes, 1)
  const rgb = new Uint8Array(32 * 32 * 3)
  rgb[(9 * 32 + 5) * 3 + 2] = 204
  const rows = await detector.run(rgb, detector.place(model.input), 0.5)
  t.same([...rows], [0, 0, 0, 0, Math.fround(0.8), 2 * 32 + 9 - 4], 'blue, tenth row')
  await detector.close()
})

t.test('a size that the graph leaves open is what the manifest says', async t => {
  const open = { ...images, dims: ['batch', 3, 'height', 'width'] }
  const detector = await openDetector(yolov8, constantNetwork(open, [output0]), 1)
  const black = new Uint8Array(32 * 64 * 3)
  t.equal((await detector.run(black, detector.place(input), 0.1)).length, 6)
  await detector.close()
})

t.test(
  'heads that the decoder does not read stop the start, and so does a failing run',
  async t => {
    const other = { ...output0, dims: [1, 2, 6] }
    await t.rejects(openDetector(yolov8, constantNetwork(images, [other]), 1), {
      code: 'MODEL_INVALID',
      message:
        'paper: decoder yolov8: expected the outputs [1,6,n], each once, or named in "outputs"; found output0 float32 [1,2,6]',
    })
    const failing = onnxFile({
      inputs: [{ ...images, dims: [1, 3, 'height', 'width'] }],
      constants: [{ name: 'other', dims: [5, 7], data: new Float32Array(35) }],
      nodes: [{ op: 'Add', inputs: ['images', 'other'], output: 'sum' }],
      outputs: [{ name: 'sum', type: 'float32', dims: ['a', 'b', 'c', 'd'] }],
    })
    await t.rejects(openDetector(yolov8, failing, 1), {
      code: 'MODEL_INVALID',
      message: /^paper: /,
    })
    const two = onnxFile({
      inputs: [images, { ...images, name: 'scale' }],
      nodes: [{ op: 'Add', inputs: ['images', 'scale'], output: 'sum' }],
      outputs: [{ name: 'sum', type: 'float32', dims: [1, 3, 32, 64] }],
    })
    await t.rejects(openDetector(yolov8, two, 1), {
      code: 'MODEL_INVALID',
      message: /expected one input .*, found images float32 \[1,3,32,64\], scale float32 /,
    })
  },
)

const peers = join(packageRoot, '../shared/data/peers')
const floats = (size: number, changes: Partial<Model['input']> = {}) =>
  inputFixture({ width: size, height: size, layout: 'nchw-float', ...changes })
const { labels } = await findModel(folder, 'scout')
const gfl = { decoder: 'gfl', labels, scores: 'probability', cellCentre: 0.5 } as const
const imagenet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] } as const

for (const [file, model] of [
  [
    'picodet_s_320_coco.onnx',
    modelFixture<'gfl'>({
      ...gfl,
      input: floats(320, { mean: [...imagenet.mean], std: [...imagenet.std] }),
    }),
  ],
  [
    'nanodet_m_416.onnx',
    modelFixture<'gfl'>({
      ...gfl,
      input: floats(416, {
        colour: 'bgr',
        fit: 'letterbox-centre',
        pad: 0,
        mean: [103.53, 116.28, 123.675],
        std: [57.375, 57.12, 58.395],
      }),
    }),
  ],
  [
    'yolox_nano.onnx',
    modelFixture<'yolox'>({
      decoder: 'yolox',
      labels,
      input: floats(416, { colour: 'bgr', fit: 'letterbox-corner' }),
    }),
  ],
  [
    'FastestDet.onnx',
    modelFixture<'fastestdet'>({
      decoder: 'fastestdet',
      labels,
      input: floats(352, { colour: 'bgr', std: [255, 255, 255] }),
    }),
  ],
] as const) {
  const path = join(peers, file)
  const skip = existsSync(path) ? false : `no ${path}`
  t.test(`${file} finds the people of a photograph`, { skip }, async t => {
    const detector = await openDetector(model, readFileSync(path), 1)
    const placed = detector.place({ width: 1920, height: 1537 })
    const rgb = await createImageCodec().decode(photo(6), placed.width, placed.height)
    const detections = toDetections(await detector.run(rgb, placed, 0.4), model, placed, 0.4)
    const people = detections.filter(({ label, box }) => label === 'person' && box.height > 0.3)
    t.ok(people.length >= 3, `${people.length} of four people`)
    await detector.close()
  })
}

t.test('a rewritten network that the runtime no longer takes is rewritten again', async t => {
  const model = await findModel(folder, 'scout')
  const bytes = readFileSync(model.path)
  const cache = createGraphCache({
    folder: t.testdir(),
    runtime: runtimeVersion,
    onError: error => t.fail(String(error)),
  })
  await cache.keep(model, path => writeFile(path, 'of another age'))
  const detector = await openDetector(model, bytes, 1, cache)
  await detector.close()
  const rewritten = await cache.find(model)
  t.ok(rewritten!.length > 100_000)
  t.notOk(bytes.equals(rewritten!))
})
