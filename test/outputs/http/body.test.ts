import { Hono } from 'hono'
import t from 'tap'
import { z } from 'zod'
import { limitBody, readBody, readForm, readJson } from '../../../src/outputs/http/body.js'
import { problem } from '../../../src/outputs/http/problem.js'

const schema = z.strictObject({ size: z.number().max(9).default(1) })

function start() {
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.use(limitBody(100_000))
  app.put('/', async context => context.json(await readJson(context, schema)))
  return async (body: string, type?: string) => {
    const headers = { 'Content-Type': type ?? 'application/json' }
    const response = await app.request('/', { method: 'PUT', headers, body })
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
}

t.test('what is JSON and fits is taken, defaults filled in', async t => {
  const put = start()
  t.same(await put('{"size":2}'), { status: 200, body: { size: 2 } })
  t.same(await put('{}', 'application/json; charset=utf-8'), { status: 200, body: { size: 1 } })
  t.same(await put('{}', 'Application/JSON'), { status: 200, body: { size: 1 } })
})

t.test('what a page of another site could send unasked is not', async t => {
  const put = start()
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=application/json',
    'text/plain; application/json',
    'application/jsonish',
    '',
  ]) {
    t.match(await put('{}', type), {
      status: 400,
      body: { code: 'REQUEST_INVALID', detail: /^Content-Type: expected application\/json, found/ },
    })
  }
  const app = new Hono().put('/', async context => context.json(await readJson(context, schema)))
  app.onError((error, context) => problem(context, error))
  const response = await app.request('/', { method: 'PUT' })
  t.match(await response.json(), { detail: /found none$/ })
})

t.test('what is wrong is named by field, expectation and what was found', async t => {
  const put = start()
  for (const [body, detail] of [
    ['{', /^body: expected JSON, found /],
    ['[]', /^body: expected object, found \[\]$/],
    ['{"size":10}', /^size: expected at most 9, found 10$/],
    ['{"sise":1}', /^sise: expected one of the keys size, found "sise"$/],
    ['{"__proto__":{"size":3}}', /: expected only the keys size, found another one$/],
    [`{"size":${'['.repeat(40_000)}${']'.repeat(40_000)}}`, /^size: expected number, found \[…\]$/],
  ] as const) {
    t.match(await put(body), { status: 400, body: { code: 'REQUEST_INVALID', detail } })
  }
})

t.test('a large body is refused', async t => {
  const put = start()
  t.match(await put(`{"size":${' '.repeat(100_000)}1}`), {
    status: 413,
    body: { code: 'BODY_TOO_LARGE', detail: 'body: expected at most 100000 bytes, found more' },
  })
})

t.test('a form of a few fields is read, one of countless parts is not', async t => {
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.post('/', async ({ req, json }) => json(await readForm(req)))
  const send = async (parts: number, type = 'multipart/form-data; boundary=b') => {
    const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    const headers = { 'Content-Type': type }
    const response = await app.request('/', {
      method: 'POST',
      headers,
      body: `${part.repeat(parts)}--b--\r\n`,
    })
    return response.json()
  }
  t.same(await send(64), { a: 'x' })
  t.same(await send(1, 'Multipart/Form-Data; boundary=b'), { a: 'x' })
  t.match(await send(65), {
    code: 'REQUEST_INVALID',
    detail: 'body: expected at most 64 parts, found more',
  })
  t.match(await send(1, 'multipart/form-data'), { detail: /^body: expected a form, found / })
  t.match(await send(1, 'application/x-www-form-urlencoded'), {
    detail: 'Content-Type: expected multipart/form-data, found application/x-www-form-urlencoded',
  })
  const untold = await app.request('/', { method: 'POST' })
  t.match(await untold.json(), { detail: /found none$/ })
})

t.test('a client that leaves in the middle is no fault of ours', async t => {
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.post('/', async ({ req, body }) => body(new Uint8Array(await readBody(req))))
  const body = new ReadableStream({ start: controller => controller.error(new Error('aborted')) })
  const init: RequestInit = { method: 'POST', body, duplex: 'half' }
  const response = await app.request('/', init)
  t.match(await response.json(), {
    code: 'REQUEST_INVALID',
    detail: 'body: expected a whole one, found aborted',
  })
})
