/**
 * Requests as Home Assistant's doods integration makes them (homeassistant/components/doods/image_processing.py with pydoods),
 * and answers as it reads them; what DOODS2 does with the rest of a request is in its doods.py and odrpc.py.
 */
import t, { type Test } from 'tap'
import { lookFixture, networksFixture, startApp } from '../../fixtures/services.js'

const picture = Buffer.from('a picture, as far as HTTP knows')
const data = picture.toString('base64')

async function start(t: Test, changes: Parameters<typeof startApp>[1] = {}) {
  const started = await startApp(t, changes)
  const detect = async (request: object | string, headers: Record<string, string> = {}) => {
    const body = typeof request === 'string' ? request : JSON.stringify(request)
    const response = await started.app.request('/detect', { method: 'POST', body, headers })
    return { status: response.status, answer: JSON.parse(await response.text()) }
  }
  return { ...started, detect }
}

t.test('Home Assistant finds the detector that it is configured with', async t => {
  const { app } = await start(t)
  const { detectors } = JSON.parse(await (await app.request('/detectors')).text())
  t.same(
    detectors.map(({ name, model }: Record<string, string>) => [name, model]),
    [
      ['default', 'scout-small+expert-large'],
      ['auto', 'scout-small+expert-large'],
      ['scout', 'scout-small'],
      ['expert', 'expert-large'],
    ],
  )
  for (const { type, labels, width, height } of detectors) {
    t.ok(type && width / height === 1.4)
    t.same(labels, ['person', 'car'])
  }
})

t.test('a picture in base64 is looked at, and objects are told in percent and shares', async t => {
  const { asked, detect } = await start(t)
  const request = { data, detector_name: 'default', detect: { '*': 60 }, id: '' }
  t.same(await detect(request), {
    status: 200,
    answer: {
      id: '',
      detections: [
        { top: 0.1, left: 0.1, bottom: 0.7, right: 0.3, label: 'person', confidence: 90 },
      ],
    },
  })
  t.same(Buffer.from(asked[0]!.data), picture)
  t.same(asked[0]!.options, { depth: 'auto', minScore: 0.6 })
})

t.test('detectors are the stages', async t => {
  const { asked, detect } = await start(t)
  for (const detector_name of ['scout', 'expert', 'auto', 'default', '', null]) {
    t.equal((await detect({ data, detector_name, detect: { '*': 0 } })).status, 200)
  }
  t.same(
    asked.map(({ options }) => options),
    ['scout', 'expert', 'auto', 'auto', 'auto', 'auto'].map(depth => ({ depth })),
  )
})

t.test('uploads count as uploads', async t => {
  let reports = 0
  const { detect } = await start(t, {
    report() {
      reports++
      throw new Error('only counted')
    },
  })
  await detect({ data, detect: {} })
  t.equal(reports, 1)
})

t.test('the surest come first; what was not asked for is left out', async t => {
  const [person] = lookFixture.detections
  const detections = [0.5, 0.9, 0.7].map(score => ({ ...person!, score }))
  const car = { ...person!, label: 'car', score: 0.95 }
  const { detect } = await start(t, {
    cascade: {
      networks: networksFixture,
      detect: async () => ({ ...lookFixture, detections: [...detections, car] }),
    },
  })
  const { answer } = await detect({ data, detect: { person: 60 } })
  t.match(answer.detections, [{ confidence: 90 }, { confidence: 70 }])
  t.equal(answer.detections.length, 2)
})

t.test('the picture comes back with boxes if that is asked for', async t => {
  const drawn: unknown[] = []
  const { detect } = await start(t, {
    async annotate(bytes, captions) {
      drawn.push(Buffer.from(bytes), captions)
      return Buffer.from('drawn')
    },
  })
  const { answer } = await detect({ data, detect: { '*': 60 }, image: 'jpg' })
  t.equal(Buffer.from(answer.image, 'base64').toString(), 'drawn')
  t.match(drawn, [picture, [{ text: 'person 90 %' }]])
  t.notOk('image' in (await detect({ data, detect: { '*': 60 }, image: null })).answer)
})

t.test('addresses are not fetched, and what is not supported is said', async t => {
  const { asked, detect } = await start(t)
  const wrong = {
    'data: expected a picture in base64': { data: 'http://169.254.169.254/latest', detect: {} },
    'data: ': { data: 'rtsp://camera/1', detect: {} },
    'image: ': { data, image: 'png' },
    'preprocess: ': { data, preprocess: ['grayscale'] },
    'detector_name: expected one of default, auto, scout, expert': { data, detector_name: 'tpu' },
    'detect.person: ': { data, detect: { person: 160 } },
    'body: expected JSON': '{',
    ': ': '[]',
  }
  for (const [reason, request] of Object.entries(wrong)) {
    const { status, answer } = await detect(request)
    t.equal(status, 400, reason)
    t.ok(answer.error.startsWith(reason), answer.error)
  }
  t.equal(asked.length, 0)
})

t.test('base64 may take a third more room than the picture that it holds', async t => {
  const { detect } = await start(t)
  const largest = Buffer.alloc(1000).toString('base64')
  t.equal((await detect({ data: largest, detect: {} })).status, 200)
  const more = 'A'.repeat(1334 + (64 << 10))
  const { status, answer } = await detect({ data: more })
  t.equal(status, 413)
  t.match(answer.error, 'expected at most')
})

t.test("the service's token may be DOODS's key, on these routes only", async t => {
  const token = 'correct horse battery'
  const { app, detect } = await start(t, { token })
  const key = { 'doods-auth-key': token }
  t.equal((await detect({ data, detect: {} }, key)).status, 200)
  t.equal((await app.request('/detectors', { headers: key })).status, 200)
  t.match(await detect({ data, detect: {} }), { status: 401, answer: { error: /token/ } })
  t.equal((await app.request('/api/stats', { headers: key })).status, 401)
})
