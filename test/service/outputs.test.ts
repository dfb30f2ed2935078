import t from 'tap'
import { createLog } from '../../src/lib/log.js'
import { serverSchema } from '../../src/outputs/config.js'
import { mqttSchema } from '../../src/outputs/mqtt/config.js'
import { webhookSchema } from '../../src/outputs/webhooks/config.js'
import { openOutputs } from '../../src/service/outputs.js'
import { startBroker } from '../fixtures/broker.js'
import { until } from '../fixtures/camera.js'
import { controlsFixture } from '../fixtures/controls.js'
import { eventFixture } from '../fixtures/event.js'
import { statsFixture } from '../fixtures/mqtt-sources.js'
import { pushCamera } from '../fixtures/push-camera.js'
import { startReceiver } from '../fixtures/receiver.js'
import { resultFixture } from '../fixtures/result.js'
import { tinyYuv } from '../fixtures/yuv.js'

t.test(
  'what happens reaches a broker, a receiver and a stream; without them it need not',
  async t => {
    const stopping = new AbortController()
    t.teardown(() => stopping.abort())
    const broker = await startBroker(t)
    const listener = await broker.listen()
    const receiver = await startReceiver(t)
    const camera = pushCamera()
    t.teardown(camera.close)
    const event = eventFixture()
    const log = createLog('error')
    const warnings: unknown[] = []
    log.warn = (...warning: unknown[]) => void warnings.push(warning)
    const options = {
      version: '1.2.3',
      cameras: new Map([['porch', camera]]),
      cascade: {
        encode: async () => Buffer.from('picture'),
        annotate: async () => Buffer.from('annotated'),
      },
      journal: {
        snapshot: async () => Buffer.from('snapshot'),
        find: (id: string) => (id === event.id ? event : undefined),
      },
      controls: controlsFixture(),
      labels: () => ['person'],
      stats: () => statsFixture,
      signal: stopping.signal,
      log,
    }
    const outputs = openOutputs({
      ...options,
      config: {
        server: serverSchema.parse({}),
        mqtt: mqttSchema.parse({ url: broker.url }),
        webhooks: [webhookSchema.parse({ url: receiver.url })],
      },
    })
    t.teardown(outputs.close)
    outputs.connect()
    await until(() => listener.last('squint/available') === 'online')

    outputs.publish(resultFixture())
    t.match(outputs.latest.latest('porch'), { frame: { id: 7 } })
    outputs.happened({ type: 'start', event, before: null })
    await receiver.until(1)
    t.match(JSON.parse(receiver.received[0]!.body), { type: 'start', event: { id: event.id } })
    await until(() => listener.last('squint/porch/person') === '1')
    outputs.pictured('one that has been forgotten')
    outputs.pictured(event.id)
    await until(() => listener.last('squint/porch/person/snapshot') === 'snapshot')

    // fetched before the next one; the camera has gone meanwhile
    outputs.happened({ type: 'start', event: { ...event, camera: 'attic' }, before: null })
    await receiver.until(2)
    await new Promise(setImmediate)
    camera.push(tinyYuv())
    await listener.say('squint/porch/still/set', 'PRESS')
    await until(() => listener.last('squint/porch/still') === 'picture')
    t.match(outputs.status(), {
      eventStream: { clients: 0 },
      webhooks: [{ delivered: 2, lastError: null }],
      mqtt: [{ prefix: 'squint', connected: true }],
    })
    await outputs.close()
    await until(() => listener.last('squint/available') === 'offline')
    t.match(warnings, [[{ code: 'NO_FRAME' }]], 'of the first start alone')
    t.equal(warnings.length, 1)

    const alone = openOutputs({
      ...options,
      config: { server: serverSchema.parse({}), webhooks: [] },
    })
    alone.connect()
    alone.happened({ type: 'start', event, before: null })
    t.match(alone.status(), { webhooks: [], mqtt: [] })
    await alone.close()
  },
)

t.test('a receiver that does not answer is told of', async t => {
  const stopping = new AbortController()
  t.teardown(() => stopping.abort())
  const receiver = await startReceiver(t, response => {
    response.statusCode = 404
    response.end()
  })
  const outputs = openOutputs({
    version: '1.2.3',
    cameras: new Map(),
    cascade: {
      encode: async () => Buffer.from('picture'),
      annotate: async () => Buffer.from('annotated'),
    },
    journal: { snapshot: async () => undefined, find: () => undefined },
    controls: controlsFixture(),
    labels: () => [],
    stats: () => statsFixture,
    signal: stopping.signal,
    log: createLog('error'),
    config: {
      server: serverSchema.parse({}),
      webhooks: [webhookSchema.parse({ url: receiver.url })],
    },
  })
  outputs.happened({ type: 'start', event: eventFixture(), before: null })
  await until(() => outputs.status().webhooks[0]!.failed === 1)
  t.match(outputs.status().webhooks[0], { delivered: 0, lastError: /404/ })
  await outputs.close()
})
