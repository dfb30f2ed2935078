import { once } from 'node:events'
import t from 'tap'
import { until } from '../../fixtures/camera.js'
import { eventFixture } from '../../fixtures/event.js'
import { resultFixture } from '../../fixtures/result.js'
import { jpegPicture, openSocket, serveSockets } from '../../fixtures/socket-service.js'

t.test(
  'a new client is greeted, hears of the cameras from time to time, and is told when the service stops',
  async t => {
    const { hub, url } = await serveSockets(t, { statusMs: 10 })
    const { replies, socket } = await openSocket(t, url)
    await until(() => replies.length > 2)
    t.match(replies[0], { type: 'hello', version: '1.2.3', cameras: [{ id: 'porch' }] })
    t.match(replies[1], { type: 'camera', status: { id: 'porch' } })
    t.same(hub.status(), { clients: 1, dropped: 0 })
    const closed = once(socket, 'close')
    await hub.close()
    t.match(await closed, [1001, Buffer.from('the service is stopping')])
    await until(() => hub.status().clients === 0)
  },
)

t.test('the 65th client is turned away', async t => {
  const { hub } = await serveSockets(t)
  const silent = { send() {}, ping() {}, bufferedAmount: () => 0, close() {} }
  for (let i = 0; i < 64; i++) hub.connect(silent, 'viewer', i < 10 ? 'porch' : undefined)
  let closed = ''
  const late = {
    ...silent,
    close(code: number, reason: string) {
      closed = `${code} ${reason}`
    },
  }
  t.equal(hub.connect(late, 'admin'), undefined)
  t.equal(closed, '1013 too many clients')
})

t.test('results go to those who follow the camera, and a frame is one message for all', async t => {
  const { camera, hub, live, url } = await serveSockets(t)
  const clients = [await openSocket(t, url), await openSocket(t, url), await openSocket(t, url)]
  for (const { tell } of clients.slice(0, 2)) {
    tell({ type: 'subscribe', camera: 'porch', video: true })
  }
  await until(() => live.status().viewers === 2)
  hub.publish(resultFixture())
  hub.publish(resultFixture({ camera: 'yard' }))
  hub.happened?.({ type: 'start', event: eventFixture(), before: null })
  camera.push(jpegPicture(10))
  await until(() => clients.slice(0, 2).every(({ frames }) => frames.length === 1))
  const told = clients.map(({ replies }) => replies.map(({ type }) => type).join(' '))
  t.same(told, ['hello camera result', 'hello camera result', 'hello'])
  t.same(clients[0]?.frames[0], clients[1]?.frames[0])
})

t.test('what clients were too slow for is still counted when they have gone', async t => {
  const { hub } = await serveSockets(t)
  const full = { send() {}, ping() {}, bufferedAmount: () => 2 << 20, close() {} }
  const client = hub.connect(full, 'viewer')
  t.same(hub.status(), { clients: 1, dropped: 1 }, 'not even the greeting')
  hub.disconnect(client!)
  t.same(hub.status(), { clients: 0, dropped: 1 })
})
