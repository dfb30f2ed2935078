import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createLive } from '../../../src/outputs/live.js'
import { createHub } from '../../../src/outputs/ws/hub.js'
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
