import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createHttpClient } from '../../../src/cascade/remote/http.js'

const MAX_BYTES = 1000

/** A server that answers as the test wants, and a client for it. */
async function start(t: Test, answer: RequestListener, folder = '', token?: string) {
  const server = createServer(answer)
  const connections: unknown[] = []
  server.on('connection', connection => connections.push(connection))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = createHttpClient({ base: new URL(`http://127.0.0.1:${port}${folder}`), token })
  t.teardown(() => {
    client.close()
    server.closeAllConnections()
    server.close()
  })
  const ask = (path = 'x', body?: Uint8Array, timeoutMs = 2000) =>
    client.ask({ path, maxBytes: MAX_BYTES, ...(body && { body }) }, timeoutMs)
  return { ask, client, connections, port, server }
}

t.test('questions go below the base, with a token and their length', async t => {
  const { ask } = await start(
    t,
    (request, response) => {
      request.resume().on('end', () => {
        const { authorization = 'none', 'content-length': length = 'none' } = request.headers
        response.end(`${request.method} ${request.url} ${authorization} ${length}`)
      })
    },
    '/models',
    'secret',
  )
  t.match(await ask('v2/health/ready'), { status: 200 })
  t.equal(String((await ask('v2/a')).body), 'GET /models/v2/a Bearer secret none')
  t.equal(String((await ask('b', Buffer.alloc(7))).body), 'POST /models/b Bearer secret 7')
})

t.test('one connection serves many questions, and redirects are not followed', async t => {
  const { ask, connections } = await start(t, (_, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end('gone')
  })
  for (let i = 0; i < 5; i++) t.match(await ask(), { status: 302, body: Buffer.from('gone') })
  t.equal(connections.length, 1)
})

t.test('who says nothing, or never ends, is given up in time', async t => {
  const { ask } = await start(t, (request, response) => {
    if (request.url === '/part') response.write('x')
  })
  for (const path of ['silent', 'part']) {
    const begun = Number(process.hrtime.bigint()) / 1e6
    await t.rejects(ask(path, undefined, 100), { code: 'REMOTE_FAILED', reason: 'timeout' })
    const tookMs = Number(process.hrtime.bigint()) / 1e6 - begun
    t.ok(tookMs > 95 && tookMs < 1000, `${path}: ${tookMs} ms`)
  }
})

t.test('an answer longer than expected is not read to its end', async t => {
  let sent = 0
  const { ask } = await start(t, (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(100_000))) sent += 100_000
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  })
  await t.rejects(ask(), {
    reason: 'invalid',
    message: 'expected an answer of at most 1000 bytes',
  })
  t.ok(sent < 50e6, `${sent} bytes`)
})

t.test('a connection that breaks, or that nobody takes, is told as such', async t => {
  const { ask, server } = await start(t, (request, response) => {
    if (request.url === '/before') return request.socket.destroy()
    response.writeHead(200, { 'content-length': 10 })
    return response.write('x', () => response.destroy())
  })
  await t.rejects(ask('before'), { code: 'REMOTE_FAILED', reason: 'unreachable' })
  await t.rejects(ask('within'), { reason: 'unreachable', message: 'aborted' })
  server.close()
  await t.rejects(ask('after'), { reason: 'unreachable', message: /ECONNREFUSED/ })
})

t.test('a kept connection that the server has closed meanwhile costs nothing', async t => {
  let asked = 0
  const { ask, connections } = await start(t, (request, response) => {
    // the second question on a connection finds it closed
    if (++asked === 2) return request.socket.resetAndDestroy()
    return response.end('here')
  })
  t.match(await ask(), { status: 200 })
  t.match(await ask(), { status: 200 })
  t.same([asked, connections.length], [3, 2])
})

t.test('closing ends what is under way, and is not mistaken for a stale connection', async t => {
  const { ask, client } = await start(t, (request, response) => {
    if (request.url === '/first') response.end()
  })
  await ask('first')
  const waiting = ask('silent')
  setTimeout(() => client.close(), 20)
  await t.rejects(waiting, { code: 'REMOTE_FAILED', reason: 'unreachable' })
})

t.test('https is spoken where the address says so', async t => {
  const { port } = await start(t, (_, response) => response.end())
  const client = createHttpClient({ base: new URL(`https://127.0.0.1:${port}`) })
  t.teardown(client.close)
  await t.rejects(client.ask({ path: '', maxBytes: MAX_BYTES }, 2000), {
    reason: 'unreachable',
    message: /SSL|EPROTO|packet length/,
  })
})

t.test('a link-local address is not asked', async t => {
  const client = createHttpClient({ base: new URL('http://169.254.169.254/latest') })
  t.teardown(client.close)
  await t.rejects(client.ask({ path: '', maxBytes: MAX_BYTES }, 2000), {
    code: 'REMOTE_FAILED',
    reason: 'unreachable',
    message: /expected neither link-local/,
  })
})
