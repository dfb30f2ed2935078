/** Clients that try to use up what there is: each ends in an answer or a cut line, while others are served. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { WebSocket } from 'ws'
import { until } from '../fixtures/camera.js'
import { startServer } from '../fixtures/hostile/server.js'

const openFiles = (): number => readdirSync('/proc/self/fd').length

/** Longest that somebody else waits for an answer meanwhile, with a processor that is shared. */
const PATIENCE_MS = 3000

async function isServed(url: string): Promise<boolean> {
  const start = performance.now()
  const { status } = await fetch(`${url}/healthz`)
  return status === 200 && performance.now() - start < PATIENCE_MS
}

t.test('a body in pieces of one byte is read, and nobody waits for it', async t => {
  const { asked, open, url } = await startServer(t, { maxBodyBytes: 50_000 })
  const socket = await open()
  socket.setNoDelay(true)
  socket.write('POST /api/detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
  const answer = once(socket, 'data')
  for (let i = 0; i < 20_000; i++) socket.write('1\r\nx\r\n')
  t.ok(await isServed(url))
  socket.write('0\r\n\r\n')
  t.match(String(await answer), /^HTTP\/1.1 200 /)
  t.equal(asked[0]?.data.length, 20_000)

  const endless = await open()
  endless.write(
    'POST /api/detect HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  const refused = once(endless, 'data')
  for (let i = 0; i < 60_000; i++) endless.write('1\r\nx\r\n')
  t.match(String(await refused), /^HTTP\/1.1 413 /)
  t.ok(await isServed(url))
})

t.test(
  'a thousand handshakes that never end keep nobody else out, and leave nothing behind',
  async t => {
    const { open, url } = await startServer(t)
    const before = openFiles()
    const halves = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const socket = await open('127.0.0.2')
        socket.resume()
        const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
        socket.write(
          i % 2 === 0 ? 'GET /api/ws HTT' : `GET /api/ws HTTP/1.1\r\nHost: localhost\r\n${upgrade}`,
        )
        return socket
      }),
    )
    const left = () => halves.filter(({ destroyed }) => !destroyed).length
    await until(() => left() === 256, 'as many are left as a peer may have')
    t.ok(openFiles() - before >= 2 * 256)
    t.ok(await isServed(url))
    const client = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
    await once(client, 'open')
    client.terminate()
    for (const half of halves) half.destroy()
    await until(() => openFiles() - before < 20, 'all files closed')
  },
)

t.test('too many headers, and too long ones, are refused', async t => {
  const { open, say, url } = await startServer(t)
  const many = Array.from({ length: 3000 }, (_, i) => `x${i}: 1\r\n`).join('')
  const long = `Cookie: ${'x'.repeat(20_000)}\r\n`
  for (const headers of [many, long]) {
    const answer = await say(
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`,
    )
    t.match(answer, /^HTTP\/1.1 431 /)
  }
  const handshake =
    'GET /api/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  // under Node's own limit of bytes, and over that of ws (CVE-2024-37890)
  const crowded = Array.from({ length: 1990 }, (_, i) => `${i.toString(36)}:\r\n`).join('')
  const socket = await open()
  socket.write(`${handshake}${crowded}\r\n`)
  t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1.1 (101|4\d\d) /)
  t.ok(await isServed(url))
})

t.test('requests that two servers would read differently are refused', async t => {
  const { say, url } = await startServer(t)
  for (const lines of [
    'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n',
    'GET /healthz HTTP/1.1\r\n',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX\0Y: 1\r\n',
    'GET /healthz HTTP/1.1\nHost: localhost\r\nTransfer-Encoding : chunked\r\n',
  ]) {
    t.match(await say(`${lines}Connection: close\r\n\r\n0\r\n\r\n`), /^HTTP\/1.1 400 /, lines)
  }
  t.ok(await isServed(url))
})

t.test(
  'messages in countless pieces, and larger ones than anybody sends, end the line',
  async t => {
    const { hub, url } = await startServer(t)
    const connect = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/ws`)
      socket.on('error', () => {})
      await once(socket, 'open')
      return socket
    }
    const pieces = await connect()
    const heap = process.memoryUsage().heapUsed
    const cut = once(pieces, 'close')
    for (let i = 0; i < 200_000 && pieces.readyState === WebSocket.OPEN; i++) {
      pieces.send('x', { fin: false })
      if (i % 5000 === 0) await sleep(1)
    }
    const [code] = await cut
    t.ok(code === 1008 || code === 1009, `${code}`)
    t.ok(process.memoryUsage().heapUsed - heap < 150e6)

    const large = await connect()
    const closed = once(large, 'close')
    large.send('x'.repeat(17 << 10))
    t.match(await closed, [1009])
    await until(() => hub.status().clients === 0)
    t.ok(await isServed(url))
  },
)
