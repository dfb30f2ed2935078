import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { createLine, type Loss } from '../../../src/outputs/client/line.js'
import { until } from '../../fixtures/camera.js'

/** A line to a bare server that says what the test lets it say. */
async function start(t: Test) {
  const server = new WebSocketServer({ port: 0 })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const heard: string[] = []
  server.on('connection', socket => socket.on('message', data => heard.push(String(data))))
  const life = new AbortController()
  const said: string[] = []
  const losses: Loss[] = []
  const line = createLine({
    open: () => new WebSocket(`ws://127.0.0.1:${address.port}`),
    onText: text => said.push(text),
    onBinary: bytes => said.push(`${bytes.byteLength} bytes`),
    onLost: loss => losses.push(loss),
    signal: life.signal,
  })
  t.teardown(() => {
    life.abort()
    for (const socket of server.clients) socket.terminate()
    server.close()
  })
  const peer = () => [...server.clients][0]
  return { heard, life, line, losses, peer, said, server }
}

t.test('texts and bytes come in order, and messages go out as JSON', async t => {
  const { heard, line, peer, said } = await start(t)
  line.send({ too: 'early' })
  await until(() => peer() !== undefined)
  peer()?.send('a')
  peer()?.send(Buffer.from([1, 2]))
  await until(() => said.length === 2)
  t.same(said, ['a', '2 bytes'])
  line.send({ type: 'x' })
  await until(() => heard.length === 1)
  t.same(heard, ['{"type":"x"}'])
})

t.test('it comes back by itself, later each time, until the service is well again', async t => {
  const { line, losses, peer, server } = await start(t)
  await until(() => peer() !== undefined)
  line.hurry()
  t.equal(server.clients.size, 1, 'there is nothing to hurry')
  peer()?.close(1013, 'too many clients')
  await until(() => losses.length === 1)
  t.match(losses[0]?.reason, { code: 'LOST', message: 'too many clients' })
  const seconds = (loss: Loss | undefined) =>
    Math.round(((loss?.retryAt ?? 0) - performance.now()) / 1000)
  t.equal(seconds(losses[0]), 1)
  await until(() => peer() !== undefined)
  peer()?.terminate()
  await until(() => losses.length === 2)
  t.equal(seconds(losses[1]), 2)
  t.equal(losses[1]?.reason.message, 'the line broke')
  line.hurry()
  await until(() => peer() !== undefined)
  line.healthy()
  peer()?.terminate()
  await until(() => losses.length === 3)
  t.equal(seconds(losses[2]), 1)
})

t.test('why it cannot be opened is told where it is known', async t => {
  const life = new AbortController()
  const losses: Loss[] = []
  const free = createServer().listen(0)
  await once(free, 'listening')
  const address = free.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  free.close()
  const line = createLine({
    open: () => new WebSocket(`ws://127.0.0.1:${address.port}`),
    onText() {},
    onBinary() {},
    onLost: loss => losses.push(loss),
    signal: life.signal,
  })
  for (const [at, seconds] of [1, 2, 5, 10, 10].entries()) {
    await until(() => losses.length === at + 1)
    t.equal(Math.round(((losses[at]?.retryAt ?? 0) - performance.now()) / 1000), seconds)
    line.hurry()
  }
  t.match(losses[0]?.reason.message, /ECONNREFUSED/)
  life.abort()
})

t.test('a line that has fallen silent is given up', async t => {
  const { losses, peer, said, server } = await start(t)
  await until(() => peer() !== undefined)
  const silent = peer()
  // so that it does not notice that it is given up
  silent?.pause()
  await until(() => losses.length === 1)
  t.equal(losses[0]?.reason.code, 'SILENT')
  silent?.send('from the old one')
  const newest = () => [...server.clients].at(-1)
  await until(() => newest() !== silent)
  newest()?.send('from the new one')
  await until(() => said.length > 0)
  t.same(said, ['from the new one'])
})

t.test('when its life ends it does not come back', async t => {
  const { life, line, losses, peer } = await start(t)
  await until(() => peer() !== undefined)
  peer()?.terminate()
  await until(() => losses.length === 1)
  life.abort()
  line.hurry()
  await sleep(1200)
  t.equal(peer(), undefined)
  t.equal(losses.length, 1)
})

t.test('what cannot be opened at all leaves no timer behind', async t => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  const open = () => new WebSocket('no address')
  const nothing = () => undefined
  const { signal } = new AbortController()
  t.throws(
    () => createLine({ open, onText: nothing, onBinary: nothing, onLost: nothing, signal }),
    SyntaxError,
  )
  t.equal(timers(), before)
})

t.test("Node's own WebSocket says nothing but `error` when it cannot connect", async t => {
  const life = new AbortController()
  t.teardown(() => life.abort())
  const losses: Loss[] = []
  const listeners = new Map<string, (event: never) => void>()
  const tell = (name: string, event: object) =>
    Reflect.apply(listeners.get(name)!, undefined, [event])
  const failed = {
    binaryType: '',
    readyState: WebSocket.CONNECTING,
    send() {},
    close() {},
    addEventListener(name: string, listener: (event: never) => void) {
      listeners.set(name, listener)
    },
  }
  createLine({
    open: () => failed,
    onText() {},
    onBinary() {},
    onLost: loss => losses.push(loss),
    signal: life.signal,
  })
  tell('error', { message: 'refused' })
  tell('close', {})
  t.match(losses, [{ reason: { code: 'LOST', message: 'refused' } }])
  t.equal(losses.length, 1)
})
