import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { problem } from '../../../src/outputs/http/problem.js'
import { listen } from '../../../src/outputs/http/server.js'
import { createLive } from '../../../src/outputs/live.js'
import { createHub } from '../../../src/outputs/ws/hub.js'
import { webSocketRoute } from '../../../src/outputs/ws/upgrade.js'
import { tinyJpeg } from '../../fixtures/jpeg.js'
import { pushCamera } from '../../fixtures/push-camera.js'

async function start(t: Test, pingMs?: number) {
  const camera = pushCamera()
  const stopping = new AbortController()
  const live = createLive({
    encode: async picture => picture.data,
    onError(error) {
      throw error
    },
  })
  const hub = createHub({
    version: '1.2.3',
    cameras: new Map([['porch', camera]]),
    live,
    signal: stopping.signal,
  })
  const app = new Hono()
  app.onError((error, context) => problem(context, error))
  app.get('/api/ws', webSocketRoute(hub))
  app.get(
    '/endless',
    () => new Response(new ReadableStream({ start: c => c.enqueue(Buffer.from('x')) })),
  )
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    fetch: app.fetch,
    ...(pingMs !== undefined && { pingMs }),
  })
  t.teardown(async () => {
    stopping.abort()
    await server.close()
    await camera.close()
  })
  return { camera, hub, server, ws: server.url.replace('http', 'ws') }
}

t.test('a client is greeted, subscribes, and sees a frame', async t => {
  const { camera, hub, ws } = await start(t)
  const socket = new WebSocket(`${ws}/api/ws`)
  const [hello] = await once(socket, 'message')
  t.match(JSON.parse(String(hello)), { type: 'hello', cameras: [{ id: 'porch' }] })
  socket.send('{"type":"subscribe","camera":"porch","video":true}')
  await once(socket, 'message')
  camera.push({ format: 'jpeg', width: 16, height: 8, data: tinyJpeg() })
  const [frame, binary] = await once(socket, 'message')
  t.equal(binary, true)
  t.equal(frame.toString('latin1', 0, 2), 'SQ')
  t.equal(hub.status().clients, 1)
  socket.close()
  await once(socket, 'close')
  await sleep(20)
  t.equal(hub.status().clients, 0)
})

t.test('a page of another origin is refused, our own is not', async t => {
  const { server, ws } = await start(t)
  const foreign = new WebSocket(`${ws}/api/ws`, { headers: { Origin: 'https://evil.example' } })
  const [, response] = await once(foreign, 'unexpected-response')
  t.equal(response.statusCode, 403)
  const own = new WebSocket(`${ws}/api/ws`, { headers: { Origin: server.url } })
  await once(own, 'open')
  own.terminate()
})

t.test('the 65th client is closed with the reason', async t => {
  const { hub, ws } = await start(t)
  const silent = { send() {}, ping() {}, bufferedAmount: () => 0, close() {} }
  for (let i = 0; i < 64; i++) hub.connect(silent)
  const late = new WebSocket(`${ws}/api/ws`)
  const [code] = await once(late, 'close')
  t.equal(code, 1013)
})

t.test('a client that vanished is noticed by its silence', async t => {
  const { hub, ws } = await start(t, 30)
  const deaf = new WebSocket(`${ws}/api/ws`, { autoPong: false })
  const alive = new WebSocket(`${ws}/api/ws`)
  await Promise.all([once(deaf, 'open'), once(alive, 'open')])
  await once(deaf, 'close')
  t.equal(alive.readyState, WebSocket.OPEN)
  await sleep(20)
  t.equal(hub.status().clients, 1)
  alive.terminate()
})

t.test('a taken port is told as such', async t => {
  const { server } = await start(t)
  const port = Number(new URL(server.url).port)
  await t.rejects(listen({ host: '127.0.0.1', port, fetch: () => new Response() }), {
    code: 'PORT_BUSY',
    message: `server.port: expected a free port, found 127.0.0.1:${port} taken (EADDRINUSE)`,
  })
})

t.test('closing ends streams that would go on for ever, and may be asked twice', async t => {
  const { server, ws } = await start(t)
  const response = await fetch(`${server.url}/endless`)
  const socket = new WebSocket(`${ws}/api/ws`)
  await once(socket, 'open')
  const gone = once(socket, 'close')
  const cut = t.rejects(response.text())
  await Promise.all([server.close(), server.close()])
  await cut
  await gone
  await t.rejects(fetch(server.url))
})

t.test('an address of IPv6 is written with brackets', async t => {
  const server = await listen({ host: '::1', port: 0, fetch: () => new Response('six') })
  t.match(server.url, /^http:\/\/\[::1\]:\d+$/)
  t.equal(await (await fetch(server.url)).text(), 'six')
  await server.close()
})
