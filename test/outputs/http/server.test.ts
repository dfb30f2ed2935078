import { once } from 'node:events'
import { connect } from 'node:net'
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
  app.get(
    '/api/ws',
    (context, next) => {
      context.set('role', 'viewer')
      return next()
    },
    webSocketRoute(hub),
  )
  const left: string[] = []
  app.get('/endless', context => {
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(Buffer.from('x'))
    const cancel = () => void left.push(context.req.path)
    return new Response(new ReadableStream({ start, cancel }))
  })
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
  return { camera, hub, left, server, ws: server.url.replace('http', 'ws') }
}

/** Asks for another protocol by hand, and never says that it is done. */
function ask(t: Test, url: string, path: string, upgrade: string) {
  const socket = connect({ port: Number(new URL(url).port), allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n\r\n`,
  )
  return socket
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
  for (let i = 0; i < 64; i++) hub.connect(silent, 'viewer')
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

t.test('HTTP/2 is refused, and who resets the line meanwhile takes nobody along', async t => {
  const { server } = await start(t)
  const curl = ask(t, server.url, '/', 'h2c')
  const [answer] = await once(curl, 'data')
  t.match(String(answer), /^HTTP\/1.1 400 /)
  const rude = ask(t, server.url, '/', 'h2c')
  await once(rude, 'connect')
  await sleep(20)
  rude.resetAndDestroy()
  await sleep(20)
  t.equal((await fetch(`${server.url}/nothing`)).status, 404)
})

t.test('a stream that is asked for as a WebSocket waits for no reader', async t => {
  const { left, ws } = await start(t)
  const player = new WebSocket(`${ws}/endless`)
  const [, response] = await once(player, 'unexpected-response')
  t.equal(response.statusCode, 200)
  t.same(left, ['/endless'])
})

t.test('who was refused and stays is cut, at the latest when the service ends', async t => {
  const { server } = await start(t)
  const first = ask(t, server.url, '/nothing', 'websocket')
  await once(first, 'data')
  const closed = new Promise(resolve => first.on('error', resolve))
  const talking = setInterval(() => first.write('unread'), 50)
  t.match(await closed, { syscall: /read|write/ })
  clearInterval(talking)
  const second = ask(t, server.url, '/nothing', 'websocket')
  await once(second, 'data')
  second.write('unread')
  await server.close()
})
