import t, { type Test } from 'tap'
import { parseManifest } from '../../src/cascade/manifest.js'

const own = {
  name: 'mine',
  role: 'expert',
  file: 'Mine_v2.onnx',
  sha256: '0'.repeat(64),
  input: { width: 416, height: 320 },
  labels: 'few',
  decoder: 'rows',
  thresholds: { low: 0.2, high: 0.5 },
  nmsIou: 0.6,
}

const manifest = (entry: object) => ({
  version: 1,
  labels: { few: ['person'] },
  defaults: { scout: 'mine', expert: 'mine' },
  models: [entry],
})

const parse = (entry: object) => parseManifest(JSON.stringify(manifest(entry)), 'zoo.json')

/** The one line that a wrong entry gets. */
function refusal(t: Test, entry: object): string {
  try {
    parse(entry)
  } catch (error) {
    t.match(error, { code: 'MODEL_INVALID' })
    return (error as Error).message
  }
  return t.fail('accepted') as never
}

t.test('what an entry leaves out is as our own models have it', async t => {
  const [model] = parse(own).models
  t.same(model, {
    ...own,
    input: {
      width: 416,
      height: 320,
      layout: 'nhwc-uint8',
      colour: 'rgb',
      fit: 'stretch',
      pad: 114,
    },
  })
})

t.test('each decoder has its own options, with defaults', async t => {
  const options = (decoder: string, more: object = {}) => {
    const [model] = parse({ ...own, decoder, ...more }).models
    return Object.fromEntries(Object.entries(model!).filter(([key]) => !(key in own)))
  }
  t.same(options('yolox'), {})
  t.same(options('yolov8', { outputs: ['output0'] }), { outputs: ['output0'] })
  t.same(options('fastestdet'), {})
  t.same(options('gfl'), { scores: 'probability', cellCentre: 0.5 })
  t.same(options('centernet', { scores: 'logit' }), { scores: 'logit' })
  t.same(options('ssd', { anchors: { minScale: 0.3 } }), {
    scores: 'probability',
    anchors: {
      layers: 6,
      minScale: 0.3,
      maxScale: 0.95,
      aspectRatios: [1, 2, 1 / 2, 3, 1 / 3],
      reduceLowest: true,
    },
  })
})

t.test('classes may have thresholds of their own, and scores a meaning', async t => {
  const thresholds = { low: 0.2, high: 0.5, classes: { person: { low: 0.3, high: 0.6 } } }
  const calibration = { slope: 2.5, offset: 0.7, classes: { person: { slope: 3, offset: 0.5 } } }
  t.match(parse({ ...own, thresholds, calibration }).models, [{ thresholds, calibration }])
})

t.test('a wrong entry is told by field, expectation and what was found', async t => {
  const { sha256, ...unsigned } = own
  const input = { width: 416, height: 320 }
  for (const [entry, message] of [
    [
      { ...own, decoder: 'yolov5' },
      'zoo.json: models[0].decoder: expected one of rows, yolox, yolov8, gfl, centernet, ssd, fastestdet, found "yolov5"',
    ],
    [
      unsigned,
      'zoo.json: models[0].sha256: expected the 64 hex digits that "sha256sum FILE" prints, found nothing',
    ],
    [
      { ...own, sha256: 'ABC' },
      'zoo.json: models[0].sha256: expected the 64 hex digits that "sha256sum FILE" prints, found "ABC"',
    ],
    [
      { ...own, file: '../etc/mine.onnx' },
      'zoo.json: models[0].file: expected a file name in .onnx, found "../etc/mine.onnx"',
    ],
    [
      { ...own, input: { ...input, fit: 'crop' } },
      'zoo.json: models[0].input.fit: expected one of stretch, letterbox-centre, letterbox-corner, found "crop"',
    ],
    [
      { ...own, input: { ...input, mean: [0, 0, 0] } },
      'zoo.json: models[0].input.mean: expected only with the layout nchw-float, found with nhwc-uint8',
    ],
    [
      { ...own, input: { ...input, std: [255, 255, 255] } },
      'zoo.json: models[0].input.std: expected only with the layout nchw-float, found with nhwc-uint8',
    ],
    [
      { ...own, decoder: 'yolox', anchors: {} },
      /models\[0\]\.anchors: expected one of the keys name, .*, decoder, outputs, found "anchors"$/,
    ],
    [{ ...own, outputs: ['rows'] }, /models\[0\]\.outputs: expected one of the keys name, /],
    [
      { ...own, thresholds: { low: 0.2, high: 0.5, classes: { person: { low: 0.3 } } } },
      'zoo.json: models[0].thresholds.classes.person.high: expected number, found nothing',
    ],
    [
      { ...own, calibration: { slope: 0, offset: 0.7 } },
      /^zoo\.json: models\[0\]\.calibration\.slope: expected .*0.*, found 0$/,
    ],
    [{ ...own, nmsIou: 2 }, 'zoo.json: models[0].nmsIou: expected at most 1, found 2'],
  ] as const) {
    t.match(refusal(t, entry), message)
  }
  t.throws(() => parseManifest('{', 'zoo.json'), {
    code: 'MODEL_INVALID',
    message: /^zoo\.json: expected JSON, found /,
  })
  t.match(parse({ ...own, input: { ...input, layout: 'nchw-float', std: [255, 255, 255] } }), {
    models: [{ input: { std: [255, 255, 255] } }],
  })
})
