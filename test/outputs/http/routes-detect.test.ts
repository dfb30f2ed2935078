import t from 'tap'
import { SquintError } from '../../../src/lib/errors.js'
import { networksFixture, startApp } from '../../fixtures/services.js'

const body = Buffer.from('a picture, as far as HTTP knows')

t.test('a picture as the body, of whatever type the client claims, is looked at', async t => {
  const { app, asked } = await startApp(t)
  for (const type of [
    'image/jpeg',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
  ]) {
    const response = await app.request('/api/detect', {
      method: 'POST',
      body,
      headers: { 'Content-Type': type },
    })
    t.equal(response.status, 200)
    t.match(await response.json(), {
      frame: { width: 640, height: 480 },
      exit: { stage: 'scout', reason: 'confident' },
      detections: [{ label: 'person', score: 0.9 }],
      timingsMs: { scout: 6, total: 10.2 },
      energyMj: { method: 'modelled', total: 9.486 },
    })
  }
  t.same(
    asked.map(({ data, options }) => [Buffer.from(data), options]),
    Array(3).fill([body, { depth: 'auto' }]),
  )
})

t.test('a form with a file in `image` is looked at', async t => {
  const { app, asked } = await startApp(t)
  const form = new FormData()
  form.set('image', new File([body], 'porch.jpg'))
  const response = await app.request('/api/detect?depth=expert&minScore=0.1', {
    method: 'POST',
    body: form,
  })
  t.equal(response.status, 200)
  t.same(Buffer.from(asked[0]!.data), body)
  t.same(asked[0]?.options, { depth: 'expert', minScore: 0.1 })
})

t.test('a form without that file, or a query that is none, is refused by its field', async t => {
  const { app } = await startApp(t)
  const form = new FormData()
  form.set('image', 'text')
  const wrong = await app.request('/api/detect', { method: 'POST', body: form })
  t.equal(wrong.status, 400)
  t.match(await wrong.json(), { code: 'REQUEST_INVALID', detail: /^image: expected a file/ })
  const deep = await app.request('/api/detect?depth=deeper', { method: 'POST', body })
  t.equal(deep.status, 400)
  t.match(await deep.json(), { detail: /^depth: / })
  const broken = await app.request('/api/detect', {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'multipart/form-data; boundary=none' },
  })
  t.equal(broken.status, 400)
})

t.test('a body over the limit is refused, announced or not', async t => {
  const { app } = await startApp(t)
  const announced = await app.request('/api/detect', {
    method: 'POST',
    body: Buffer.alloc(2000),
    headers: { 'Content-Length': '2000' },
  })
  t.equal(announced.status, 413)
  t.match(await announced.json(), {
    code: 'BODY_TOO_LARGE',
    detail: 'body: expected at most 1000 bytes, found more',
  })
  const chunks = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i++) controller.enqueue(Buffer.alloc(100))
      controller.close()
    },
  })
  const streamed = await app.request('/api/detect', {
    method: 'POST',
    body: chunks,
    duplex: 'half',
  } as RequestInit)
  t.equal(streamed.status, 413)
})

t.test('what the cascade refuses comes back with its code, status and sentence', async t => {
  const { app, errors } = await startApp(t, {
    cascade: {
      networks: networksFixture,
      async detect() {
        throw new SquintError('PICTURE_UNSUPPORTED', 'body: expected a JPEG')
      },
    },
  })
  const response = await app.request('/api/detect', { method: 'POST', body })
  t.equal(response.status, 415)
  t.match(await response.json(), { code: 'PICTURE_UNSUPPORTED', detail: 'body: expected a JPEG' })
  t.same(errors, [], "a client's mistake is not our error")
})
