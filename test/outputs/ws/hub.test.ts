import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createLive } from '../../../src/outputs/live.js'
import { createHub } from '../../../src/outputs/ws/hub.js'
import { tinyJpeg } from '../../fixtures/jpeg.js'
import { pushCamera } from '../../fixtures/push-camera.js'
import { resultFixture } from '../../fixtures/result.js'

function start(t: Test, statusMs = 2000) {
  const camera = pushCamera()
  t.teardown(camera.close)
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  const live = createLive({ encode: async () => Buffer.from('x'), onError: unexpected })
  const cameras = new Map([['porch', camera]])
  return createHub({ version: '1.2.3', cameras, live, signal: stopping.signal, statusMs })
}

function socket() {
  const self = {
    sent: [] as { type: string }[],
    closed: '',
    send: (data: string | Uint8Array) => self.sent.push(JSON.parse(String(data))),
    bufferedAmount: () => 0,
    close: (code: number, reason: string) => {
      self.closed = `${code} ${reason}`
    },
  }
  return self
}

t.test(
  'a new client is greeted, hears of the cameras from time to time, and is told when the service stops',
  async t => {
    const hub = start(t, 10)
    const one = socket()
    const client = hub.connect(one)
    t.match(one.sent, [{ type: 'hello', version: '1.2.3', cameras: [{ id: 'porch' }] }])
    await sleep(50)
    t.match(one.sent[1], { type: 'camera', status: { id: 'porch' } })
    client?.receive('{"type":"subscribe","camera":"porch"}')
    hub.publish(resultFixture())
    t.ok(one.sent.some(({ type }) => type === 'result'))
    t.same(hub.status(), { clients: 1, dropped: 0 })
    await hub.close()
    t.match(one.closed, /^1001/)
    hub.disconnect(client!)
    t.same(hub.status(), { clients: 0, dropped: 0 })
  },
)

t.test('the 65th client is turned away', async t => {
  const hub = start(t)
  for (let i = 0; i < 64; i++) hub.connect(socket())
  const late = socket()
  t.equal(hub.connect(late), undefined)
  t.match(late.closed, /^1013/)
})

/** Fails the test that it happens in. */
function unexpected(error: unknown): never {
  throw error
}

t.test('results go to those who follow the camera, and a frame is one message for all', async t => {
  const camera = pushCamera()
  t.teardown(camera.close)
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  const live = createLive({ encode: async () => Buffer.from('x'), onError: unexpected })
  const cameras = new Map([['porch', camera]])
  const hub = createHub({ version: '1.2.3', cameras, live, signal: stopping.signal })
  const inboxes = [[], [], []] as (string | Uint8Array)[][]
  for (const [at, inbox] of inboxes.entries()) {
    const client = hub.connect({
      send: data => inbox.push(data),
      bufferedAmount: () => 0,
      close() {},
    })
    if (at < 2) client?.receive('{"type":"subscribe","camera":"porch","video":true}')
  }
  hub.publish(resultFixture())
  hub.publish(resultFixture({ camera: 'yard' }))
  camera.push({ format: 'jpeg', width: 16, height: 8, data: tinyJpeg() })
  await turn()
  const results = inboxes.map(
    inbox => inbox.filter(data => /^\{"type":"result"/.test(String(data))).length,
  )
  t.same(results, [1, 1, 0])
  const [first, second] = inboxes.map(inbox => inbox.find(data => typeof data !== 'string'))
  t.ok(first)
  t.equal(first, second)
})
