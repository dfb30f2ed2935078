import t, { type Test } from 'tap'
import { createNative } from '../../../src/outputs/mqtt/native.js'
import { createStation } from '../../../src/outputs/mqtt/station.js'
import { startBroker, untilSaid } from '../../fixtures/broker.js'
import { until } from '../../fixtures/camera.js'
import { startDeafBroker } from '../../fixtures/deaf-broker.js'
import { eventFixture } from '../../fixtures/event.js'
import { mqttOptions } from '../../fixtures/mqtt-sources.js'

async function start(t: Test, url: string) {
  const { options, cameras, log } = await mqttOptions({ url, discovery: false })
  const unexpected = (): never => t.fail('nobody asked for it') as never
  const layer = createNative({
    config: options.config,
    sources: options,
    log,
    onStill: unexpected,
    onBirth: unexpected,
    onAnnounced: unexpected,
  })
  const station = createStation({ ...options, layer, sources: options })
  t.teardown(station.close)
  return { station, cameras }
}

t.test('pictures of a camera that is gone are deleted', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/#')
  const { station, cameras } = await start(t, broker.url)
  const event = eventFixture()
  station.picture(event, Buffer.from('picture'))
  station.still('yard', Buffer.from('still'))
  await untilSaid(listener, 'squint/porch/person/snapshot', 'picture')
  await untilSaid(listener, 'squint/yard/still', 'still')
  cameras.delete('porch')
  station.refresh()
  await untilSaid(listener, 'squint/porch/person/snapshot', '')
  await untilSaid(listener, 'squint/porch/snapshot', '')
  await untilSaid(listener, 'squint/porch/all', '')
  t.equal(listener.last('squint/yard/still'), 'still')
})

t.test(
  'a broker that acknowledges nothing costs bounded memory and a second at the end',
  async t => {
    const { url, published } = await startDeafBroker(t)
    const { station } = await start(t, url)
    await until(() => station.status().connected)
    for (let count = 0; count < 2000; count++)
      station.happened({
        type: 'start',
        event: eventFixture({ id: `event-${count}` }),
        before: null,
      })
    await until(() => published() > 0)
    t.match(station.status(), { connected: true, unacknowledged: 32 })
    t.ok(station.status().waiting < 1100)
    t.ok(station.status().dropped > 900)
    await until(() => published() === 32)
    await station.close()
    t.equal(station.status().connected, false)
  },
)

t.test('without a broker closing takes no time', async t => {
  const { station } = await start(t, 'mqtt://127.0.0.1:1')
  await until(() => station.status().error !== null)
  await station.close()
  t.match(station.status(), { connected: false, error: /ECONNREFUSED/ })
})
