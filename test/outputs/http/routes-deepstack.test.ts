/**
 * Requests as clients of DeepStack and CodeProject.AI make them, and answers read as those read them:
 * frigate/detectors/plugins/deepstack.py, deepstack-python (HASS-Deepstack-object), codeprojectai.core (Viseron, Home Assistant).
 */
import t, { type Test } from 'tap'
import { SquintError } from '../../../src/lib/errors.js'
import { person } from '../../fixtures/detection.js'
import { lookFixture, networksFixture, startApp } from '../../fixtures/services.js'

const picture = Buffer.from('a picture, as far as HTTP knows')

/** What `requests.post(url, data=fields, files={"image": bytes})` sends. */
function formOf(fields: Record<string, string> = {}, file = 'image'): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set(file, new File([picture], file))
  return form
}

interface Answer {
  readonly success: boolean
  readonly predictions: {
    label: string
    confidence: number
    x_min: number
    y_min: number
    x_max: number
    y_max: number
  }[]
  readonly [field: string]: unknown
}

async function start(t: Test, changes: Parameters<typeof startApp>[1] = {}) {
  const started = await startApp(t, changes)
  const post = async (path: string, body: FormData | string = formOf()) => {
    const response = await started.app.request(path, { method: 'POST', body })
    const answer: Answer = JSON.parse(await response.text())
    return { status: response.status, answer }
  }
  return { ...started, post }
}

t.test('an upload counts as one', async t => {
  const reported: unknown[] = []
  const { post } = await start(t, {
    report(look) {
      reported.push(look)
      throw new Error('only counted')
    },
  })
  t.equal((await post('/v1/vision/detection')).status, 500)
  t.same(reported, [lookFixture])
})

t.test('an answer has what clients read, in the units that they expect', async t => {
  const { asked, post } = await start(t)
  const { status, answer } = await post('/v1/vision/detection', formOf({ api_key: '' }))
  t.equal(status, 200)
  t.same(answer.predictions, [
    { label: 'person', confidence: 0.9, x_min: 64, y_min: 48, x_max: 192, y_max: 336 },
  ])
  t.match(answer, {
    success: true,
    code: 200,
    count: 1,
    inferenceMs: 6,
    processMs: 10,
    moduleId: 'squint',
    moduleName: 'squint 1.2.3',
    command: 'detect',
    executionProvider: 'CPU',
    canUseGPU: false,
  })
  t.ok(Number.isInteger(answer.analysisRoundTripMs))
  t.notOk('error' in answer)
  t.same(Buffer.from(asked[0]!.data), picture)
})

t.test('CodeProject.AI clients name the least confidence', async t => {
  const { asked, post } = await start(t)
  for (const min_confidence of ['0.45', '']) {
    t.equal((await post('/v1/vision/detection', formOf({ min_confidence }))).status, 200)
  }
  t.same(
    asked.map(({ options }) => options),
    [{ depth: 'auto', minScore: 0.45 }, { depth: 'auto' }],
  )
})

t.test('custom models are the stages', async t => {
  const { app, asked, post } = await start(t)
  for (const method of ['POST', 'GET']) {
    const list = await app.request('/v1/vision/custom/list', { method })
    t.match(await list.json(), { success: true, models: ['scout', 'expert'] })
  }
  for (const name of ['scout', 'expert', 'default', 'auto']) await post(`/v1/vision/custom/${name}`)
  t.same(
    asked.map(({ options }) => options.depth),
    ['scout', 'expert', 'auto', 'auto'],
  )
  const unknown = await post('/v1/vision/custom/ipcam-general')
  t.equal(unknown.status, 404)
  t.match(unknown.answer, { success: false, code: 404, error: /expected one of .*scout/ })
})

t.test(
  'the surest come first, and to who asks for no confidence no more than Frigate has room for',
  async t => {
    const detections = Array.from({ length: 25 }, (_, i) => person(0.1, (i + 1) / 30))
    const { post } = await start(t, {
      cascade: { networks: networksFixture, detect: async () => ({ ...lookFixture, detections }) },
    })
    const unasked = await post('/v1/vision/detection')
    const confidences = unasked.answer.predictions.map(({ confidence }) => confidence)
    t.same(
      confidences,
      confidences.toSorted((a, b) => b - a),
    )
    t.match(unasked.answer, { count: 20, message: '25 found, the 20 surest are told' })
    const asked = await post('/v1/vision/detection', formOf({ min_confidence: '0.01' }))
    t.match(asked.answer, { count: 25, message: '25 found' })
  },
)

t.test('boxes that go on beyond the picture end at its edge', async t => {
  const box = { x: -0.1, y: 0.5, width: 1.3, height: 0.6 }
  const { post } = await start(t, {
    cascade: {
      networks: networksFixture,
      detect: async () => ({ ...lookFixture, detections: [{ ...person(0, 0.9), box }] }),
    },
  })
  const { answer } = await post('/v1/vision/detection')
  t.match(answer.predictions, [{ x_min: 0, y_min: 240, x_max: 640, y_max: 480 }])
})

t.test('what is wrong is told as DeepStack tells it', async t => {
  const { app, errors, post } = await start(t, {
    cascade: {
      networks: networksFixture,
      async detect() {
        throw new SquintError('BUSY', 'expected at most 4 pictures waiting')
      },
    },
  })
  t.match(await post('/v1/vision/detection'), {
    status: 503,
    answer: { success: false, code: 503, error: 'expected at most 4 pictures waiting' },
  })
  for (const body of ['no form', formOf({}, 'picture'), formOf({ min_confidence: '45' })]) {
    const { status, answer } = await post('/v1/vision/detection', body)
    t.equal(status, 400)
    t.match(answer, { success: false, code: 400, error: /^(image|min_confidence|Content-Type): / })
  }
  const long = formOf({ text: 'x'.repeat(1000) })
  t.match(await post('/v1/vision/detection', long), { status: 413, answer: { success: false } })
  t.match(await post('/v1/vision/face'), { status: 404, answer: { success: false, code: 404 } })
  const wrong = await app.request('/v1/vision/detection')
  t.match([wrong.status, await wrong.json()], [405, { success: false, code: 405 }])
  t.same(errors, [])
})

t.test("the service's token may be the API key, on these routes only", async t => {
  const token = 'correct horse battery'
  const { app, post } = await start(t, { token })
  t.equal((await post('/v1/vision/detection', formOf({ api_key: token }))).status, 200)
  for (const body of [formOf(), formOf({ api_key: 'wrong' }), formOf({}, 'api_key'), 'no form']) {
    t.match(await post('/v1/vision/detection', body), {
      status: 401,
      answer: { success: false, code: 401 },
    })
  }
  const elsewhere = { method: 'POST', body: formOf({ api_key: token }) }
  t.equal((await app.request('/api/detect', elsewhere)).status, 401)
})

t.test(
  'only so many forms are held in memory at a time, as nobody knows yet who sends them',
  async t => {
    const { app } = await startApp(t, { token: 'correct horse battery' })
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
    const unfinished: ReadableStreamDefaultController[] = []
    const send = () => {
      const body = new ReadableStream({ start: controller => void unfinished.push(controller) })
      const init: RequestInit = { method: 'POST', headers, body, duplex: 'half' }
      return app.request('/v1/vision/detection', init)
    }
    const first = Array.from({ length: 8 }, send)
    const late = await send()
    t.equal(late.status, 503)
    t.match(await late.json(), { success: false, error: /at most 8 at a time/ })
    for (const controller of unfinished.slice(0, 8)) controller.close()
    for (const response of first) t.equal((await response).status, 400)
    const next = send()
    unfinished.at(-1)?.close()
    t.equal((await next).status, 400)
  },
)
