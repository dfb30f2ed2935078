import type { ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { post } from '../../../src/outputs/webhooks/post.js'
import { sign } from '../../../src/outputs/webhooks/signature.js'
import { eventFixture } from '../../fixtures/event.js'
import { startReceiver } from '../../fixtures/receiver.js'

const waiting = {
  id: 'd-1',
  change: { type: 'start', event: eventFixture(), before: null },
} as const

/** A loaded machine may take seconds for what takes milliseconds. */
const PATIENT_MS = 20_000

async function start(
  t: Test,
  answer?: (response: ServerResponse, index: number) => void,
  timeoutMs = PATIENT_MS,
) {
  const receiver = await startReceiver(t, answer)
  const options = { version: '1.2.3', timeoutMs, signal: new AbortController().signal }
  const send = (path = '/', secret?: string) => {
    const url = path.startsWith('/') ? receiver.url + path : path
    return post(waiting, { ...options, hook: { url, secret } })
  }
  return { ...receiver, send }
}

t.test('the message says what happened, who says it and when, and is signed', async t => {
  const { received, send } = await start(t)
  t.same(await send('/hook?key=1', 'correct horse battery'), { kind: 'delivered' })
  const [{ method, path, headers, body } = received[0]!] = received
  t.same([method, path], ['POST', '/hook?key=1'])
  const { sentAt, ...message } = JSON.parse(body)
  t.same(message, { ...waiting.change, id: 'd-1', service: { version: '1.2.3' } })
  t.ok(Math.abs(Date.parse(sentAt) - Date.now()) < 5000)
  t.match(headers, {
    'content-type': 'application/json',
    'user-agent': 'squint/1.2.3',
    'webhook-id': 'd-1',
  })
  const seconds = Number(headers['webhook-timestamp'])
  t.equal(seconds, Math.floor(Date.parse(sentAt) / 1000))
  t.equal(headers['webhook-signature'], sign('correct horse battery', 'd-1', seconds, body))
})

t.test('without a secret there is no signature; user and password go into a header', async t => {
  const { received, send, url } = await start(t)
  await send(`${url.replace('//', '//me:p%40ss@')}/x`)
  t.equal(received[0]?.headers['webhook-signature'], undefined)
  const expected = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
  t.equal(received[0]?.headers.authorization, expected)
  await send(`${url.replace('//', '//me:100%@')}/x`)
  const bare = `Basic ${Buffer.from('me:100%').toString('base64')}`
  t.equal(received[1]?.headers.authorization, bare, 'a sign that is no escape')
})

t.test('an answer means taken, never, or later', async t => {
  const date = new Date(Date.now() + 60_000).toUTCString()
  const answers: [number, Record<string, string>, unknown][] = [
    [204, {}, { kind: 'delivered' }],
    [404, {}, { kind: 'refused', error: 'answered 404' }],
    [410, {}, { kind: 'refused', error: 'answered 410' }],
    [302, { Location: '/elsewhere' }, { kind: 'refused', error: 'answered 302' }],
    [408, {}, { kind: 'busy', error: 'answered 408', waitMs: 0 }],
    [500, {}, { kind: 'busy', error: 'answered 500', waitMs: 0 }],
    [429, { 'Retry-After': '7' }, { kind: 'busy', error: 'answered 429', waitMs: 7000 }],
    [503, { 'Retry-After': '99999' }, { kind: 'busy', waitMs: 600_000 }],
    [503, { 'Retry-After': 'Thu, 01 Jan 1970 00:00:00 GMT' }, { kind: 'busy', waitMs: 0 }],
    [503, { 'Retry-After': 'later' }, { kind: 'busy', waitMs: 0 }],
    [503, { 'Retry-After': date }, { kind: 'busy', waitMs: (ms: number) => ms > 50_000 }],
  ]
  const { received, send } = await start(t, (response, index) => {
    const [status, headers] = answers[index]!
    response.writeHead(status, headers).end('words that nobody reads')
  })
  for (const [status, , outcome] of answers) {
    const { waitMs, ...expected } = Object(outcome)
    const found = await send()
    t.match(found, expected, `${status}`)
    if (typeof waitMs === 'number') t.match(found, { waitMs })
    if (typeof waitMs === 'function') t.ok(waitMs(Object(found).waitMs))
  }
  t.equal(received.length, answers.length, 'no redirect was followed')
})

t.test('no answer is told with its cause, and without addresses that hold secrets', async t => {
  const slow = await start(t, () => {}, 100)
  t.match(await slow.send(), { kind: 'silent', error: /timeout/ })
  const dead = await start(t)
  await dead.stop()
  const outcome = await dead.send('/key?token=1')
  t.match(outcome, { kind: 'silent', error: /ECONNREFUSED/ })
  t.notMatch(outcome, { error: /key|token/ })
  const cut = await start(t, response => response.destroy())
  t.match(await cut.send(), { kind: 'silent' })
})

t.test('an answer without end is not read', async t => {
  const { send } = await start(t, response => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 5)
    response.on('close', () => clearInterval(timer))
  })
  t.same(await send(), { kind: 'delivered' })
})

t.test('nobody at a link-local address is spoken to, and nobody else at a name', async t => {
  const { received, send, port } = await start(t)
  for (const path of ['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://0xa9fea9fe/']) {
    t.match(await send(path), { kind: 'silent', error: /^address: expected neither link-local/ })
  }
  t.match(await send('http://nowhere.invalid/KEY'), { kind: 'silent', error: /nowhere\.invalid/ })
  t.match(await send(`http://localhost:${port}/here`), { kind: 'delivered' })
  t.equal(received.length, 1)
})

t.test('that every address of a name refuses is told by its code', async t => {
  const dead = await start(t)
  await dead.stop()
  t.match(await dead.send(`http://localhost:${dead.port}/`), {
    kind: 'silent',
    error: /ECONNREFUSED/,
  })
})
