import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { MqttSources } from '../../../src/outputs/mqtt/layer.js'
import { createMqtt } from '../../../src/outputs/mqtt/mqtt.js'
import { type Broker, startBroker, untilSaid } from '../../fixtures/broker.js'
import { until } from '../../fixtures/camera.js'
import { eventFixture } from '../../fixtures/event.js'
import { refusals } from '../../fixtures/home-assistant.js'
import { mqttOptions, pathZone } from '../../fixtures/mqtt-sources.js'
import { resultFixture } from '../../fixtures/result.js'

async function start(
  t: Test,
  broker: Broker,
  config: Record<string, unknown> = {},
  changes: Partial<MqttSources> = {},
) {
  const fixture = await mqttOptions({ url: broker.url, everySeconds: 1, ...config }, changes)
  const mqtt = createMqtt(fixture.options)
  t.teardown(mqtt.close)
  return { mqtt, ...fixture }
}

const start1 = { type: 'start', event: eventFixture(), before: null } as const
const end1 = {
  type: 'end',
  event: eventFixture({ zones: [], endedAt: '2026-11-22T21:05:09.000Z', endedBy: 'gone' }),
  before: eventFixture(),
} as const

t.test('states are retained, and say what is so when the service starts', async t => {
  const broker = await startBroker(t)
  const before = await broker.listen()
  // left over from a service that was cut off
  await before.say('squint/porch/person', '1', true)
  const { mqtt } = await start(t, broker)
  await untilSaid(before, 'squint/available', 'online')
  t.equal(before.last('squint/porch/person'), '0')
  const late = await broker.listen('squint/#')
  await untilSaid(late, 'squint/available', 'online')
  const states = Object.fromEntries(late.heard.map(({ topic, text }) => [topic, text]))
  t.match(states, {
    'squint/porch/available': 'online',
    'squint/yard/available': 'offline',
    'squint/porch/all': '0',
    'squint/porch/traffic_light': '0',
    'squint/porch/path/person': '0',
    'squint/porch/path/all': '0',
    'squint/porch/detection/state': 'ON',
    'squint/budget/state': 'ON',
    'squint/budget/watts/state': 'None',
  })
  t.ok(late.heard.every(({ retained }) => retained))
  t.same(JSON.parse(states['squint/stats']!), {
    watts: 1.235,
    meterWatts: 5.432,
    celsius: 51.3,
    throttled: false,
  })
  t.same(JSON.parse(states['squint/porch/stats']!), { fps: 9.88, millijoulesPerFrame: 52.46 })
  t.match(mqtt.status(), [{ prefix: 'squint', connected: true, error: null, dropped: 0 }])
  mqtt.publish(resultFixture())
  await mqtt.close()
  await mqtt.close()
  await untilSaid(late, 'squint/available', 'offline')
})

t.test('events are told, counted in their zones, and shown', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/#')
  const { mqtt } = await start(t, broker)
  await untilSaid(listener, 'squint/available', 'online')
  mqtt.happened(start1)
  await untilSaid(listener, 'squint/porch/path/person', '1')
  await untilSaid(listener, 'squint/porch/all', '1')
  await untilSaid(listener, 'squint/events', JSON.stringify(start1))
  t.equal(listener.last('squint/porch/traffic_light'), '0')
  mqtt.pictured(start1.event)
  for (const topic of ['squint/porch/person/snapshot', 'squint/porch/snapshot'])
    await untilSaid(listener, topic, `picture of ${start1.event.id}`)
  await untilSaid(listener, 'squint/porch/still', 'porch now')
  mqtt.happened(end1)
  await untilSaid(listener, 'squint/porch/person', '0')
  await untilSaid(listener, 'squint/events', JSON.stringify(end1))
  const late = await broker.listen('squint/#')
  await untilSaid(late, 'squint/porch/person/snapshot', `picture of ${start1.event.id}`)
  t.equal(late.last('squint/events'), undefined, 'what happened is not retained')
})

t.test('a picture that cannot be had is told, one that is not kept is left out', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/#')
  const { mqtt, errors } = await start(
    t,
    broker,
    {},
    {
      snapshot: async () => undefined,
      still: async () => {
        throw new Error('no frame yet')
      },
    },
  )
  mqtt.happened(start1)
  mqtt.pictured(start1.event)
  await until(() => errors.length > 0)
  t.match(errors, [/no frame yet/])
  await untilSaid(listener, 'squint/events', JSON.stringify(start1))
  await sleep(50)
  t.notOk(listener.heard.some(({ topic }) => topic.endsWith('snapshot')))
  const { mqtt: silent } = await start(t, broker, { prefix: 'silent', snapshots: false })
  const other = await broker.listen('silent/#')
  silent.happened(start1)
  silent.pictured(start1.event)
  await untilSaid(other, 'silent/events', JSON.stringify(start1))
  await sleep(50)
  t.notOk(other.heard.some(({ topic }) => /snapshot|still$/.test(topic)))

  const gone = await start(t, broker, { prefix: 'gone' }, { still: async () => undefined })
  const third = await broker.listen('gone/#')
  gone.mqtt.happened(start1)
  gone.mqtt.pictured(start1.event)
  await untilSaid(third, 'gone/porch/snapshot', `picture of ${start1.event.id}`)
  t.notOk(third.heard.some(({ topic }) => topic.endsWith('still')))
  t.same(gone.errors, [])
})

t.test('commands change what may be changed', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/#')
  const { controls } = await start(t, broker)
  await untilSaid(listener, 'squint/available', 'online')
  await listener.say('squint/porch/detection/set', 'OFF')
  await untilSaid(listener, 'squint/porch/detection/state', 'OFF')
  t.notOk(controls.detection('porch'))
  await listener.say('squint/budget/set', 'OFF')
  await untilSaid(listener, 'squint/budget/state', 'OFF')
  await listener.say('squint/budget/watts/set', '2.5')
  await untilSaid(listener, 'squint/budget/watts/state', '2.5')
  t.match(controls.budget(), { enabled: false, watts: 2.5 })
  await listener.say('squint/yard/still/set', 'PRESS')
  await untilSaid(listener, 'squint/yard/still', 'yard now')
})

t.test('Home Assistant takes every message of discovery', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('homeassistant/#')
  const { controls, cameras } = await start(t, broker)
  const topic = 'homeassistant/device/squint_cam_porch/config'
  await until(() => listener.heard.length >= 3)
  for (const { topic, text, bytes } of listener.heard) {
    t.same(refusals(topic.replace('homeassistant/', ''), text), [], topic)
    t.ok(bytes.length < 100_000)
  }
  t.match(JSON.parse(listener.last('homeassistant/device/squint/config')!).components, {
    budget: { platform: 'switch', command_topic: 'squint/budget/set' },
    watts: { device_class: 'power' },
  })
  const porch = () => JSON.parse(listener.last(topic)!)
  t.match(porch(), {
    device: { identifiers: ['squint_cam_porch'], via_device: 'squint' },
    components: { 'path-person-occupancy': { state_topic: 'squint/porch/path/person' } },
  })

  await t.test('and is answered when it starts', async t => {
    const told = listener.heard.length
    await listener.say('homeassistant/status', 'offline')
    await listener.say('homeassistant/status', 'online')
    await listener.say('homeassistant/status', 'online')
    await until(() => listener.heard.length >= told + 3 + 3)
    t.equal(porch().components['path-person-occupancy'].platform, 'binary_sensor')
  })

  await t.test('a zone that is gone is removed', async t => {
    await controls.setDrawing('porch', { zones: [], masks: [] })
    await until(() => Object.keys(porch().components['path-person-occupancy']).length === 1)
    t.same(refusals(topic.replace('homeassistant/', ''), listener.last(topic)!), [])
    t.same(porch().components['path-person-occupancy'], { platform: 'binary_sensor' })
    const late = await broker.listen('squint/#')
    await untilSaid(late, 'squint/available', 'online')
    t.equal(late.last('squint/porch/path/person'), undefined)
    t.equal(late.last('squint/porch/person'), '0')
  })

  await t.test('a camera that is gone is removed with all its topics', async t => {
    cameras.delete('porch')
    await controls.setBudget({ enabled: false })
    await until(() => listener.last(topic) === '')
    const late = await broker.listen()
    await untilSaid(late, 'squint/available', 'online')
    await untilSaid(late, 'squint/budget/state', 'OFF')
    t.same(
      late.heard.filter(({ topic }) => topic.includes('porch') && !topic.endsWith('/stats')),
      [],
    )
  })
})

t.test('what a service before this one announced and is gone now, is removed', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('homeassistant/#')
  const first = await start(t, broker)
  await first.controls.setDrawing('yard', pathZone)
  await until(
    () => listener.last('homeassistant/device/squint_cam_yard/config')?.includes('path') === true,
  )
  await first.mqtt.close()
  const second = await mqttOptions({ url: broker.url })
  second.cameras.delete('porch')
  const mqtt = createMqtt(second.options)
  t.teardown(mqtt.close)
  await until(() => listener.last('homeassistant/device/squint_cam_porch/config') === '')
  const yard = () => JSON.parse(listener.last('homeassistant/device/squint_cam_yard/config')!)
  await until(() => Object.keys(yard().components['path-all-count'] ?? {}).length === 1)
  t.same(yard().components['path-all-count'], { platform: 'sensor' })
})

t.test('events of the time without a broker are told when it is back, none is lost', async t => {
  for (const persistence of [true, false]) {
    const broker = await startBroker(t, {
      lines: folder => [`persistence ${persistence}`, `persistence_location ${folder}/`],
    })
    const { mqtt, log } = await start(t, broker)
    const listener = await broker.listen('squint/#')
    await untilSaid(listener, 'squint/available', 'online')
    mqtt.happened(start1)
    await untilSaid(listener, 'squint/events', JSON.stringify(start1))
    await broker.stop('SIGKILL')
    await until(() => !mqtt.status()[0]!.connected)
    mqtt.happened(end1)
    t.match(mqtt.status(), [{ waiting: Number, error: /ECONNREFUSED|closed|ECONNRESET/ }])
    t.ok(mqtt.status()[0]!.waiting > 0)
    await broker.start()
    await untilSaid(listener, 'squint/events', JSON.stringify(end1))
    await untilSaid(listener, 'squint/porch/person', '0')
    // a broker that knows nothing is told everything
    const late = await broker.listen('squint/#')
    await untilSaid(late, 'squint/available', 'online')
    t.equal(late.last('squint/yard/all'), '0')
    t.same(
      log.lines.filter(({ message }) => message === 'MQTT broker found').length,
      2,
      'told once each',
    )
    await mqtt.close()
  }
})

t.test('a service that stops tells what it still held back, and that nobody is there', async t => {
  const broker = await startBroker(t)
  const fixture = await mqttOptions({ url: broker.url })
  const mqtt = createMqtt({ ...fixture.options, graceMs: 60_000 })
  t.teardown(mqtt.close)
  const listener = await broker.listen('squint/#')
  mqtt.happened(start1)
  await untilSaid(listener, 'squint/porch/person', '1')
  await broker.stop('SIGKILL')
  await until(() => !mqtt.status()[0]!.connected)
  mqtt.happened(end1)
  await broker.start()
  await until(() => mqtt.status()[0]!.connected)
  await broker.listen('squint/#').then(late => untilSaid(late, 'squint/available', 'online'))
  mqtt.happened({ ...start1, event: eventFixture({ id: 'the-last-one' }) })
  await mqtt.close()
  await untilSaid(listener, 'squint/available', 'offline')
  await untilSaid(listener, 'squint/porch/person', '1')
  await until(() => listener.last('squint/events')?.includes('the-last-one') === true)
  t.ok(listener.heard.some(({ text }) => text === JSON.stringify(end1)))
})

t.test('counts are told to the last when a service stops', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('squint/#')
  const { mqtt } = await start(t, broker)
  mqtt.happened(start1)
  await untilSaid(listener, 'squint/porch/person', '1')
  mqtt.happened(end1)
  await mqtt.close()
  await untilSaid(listener, 'squint/available', 'offline')
  t.equal(listener.last('squint/porch/person'), '0')
})

t.test('a picture that is too large for the broker keeps nothing else from it', async t => {
  const broker = await startBroker(t, { lines: () => ['max_packet_size 50000'] })
  const listener = await broker.listen('squint/#')
  const huge = Buffer.alloc(100_000)
  const { mqtt } = await start(t, broker, {}, { snapshot: async () => huge })
  await untilSaid(listener, 'squint/available', 'online')
  mqtt.pictured(start1.event)
  await until(() => mqtt.status()[0]!.error !== null)
  mqtt.happened(start1)
  await untilSaid(listener, 'squint/events', JSON.stringify(start1))
  await until(() => mqtt.status()[0]!.connected)
})

t.test('everybody learns of a service that was killed', async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('+/available')
  const program = fileURLToPath(new URL('../../fixtures/mqtt-service.js', import.meta.url))
  const child = spawn(process.execPath, [program, broker.url], { stdio: 'inherit' })
  t.teardown(() => child.kill('SIGKILL'))
  await untilSaid(listener, 'squint/available', 'online')
  await untilSaid(listener, 'nvr/available', 'online')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await untilSaid(listener, 'squint/available', 'offline')
  await untilSaid(listener, 'nvr/available', 'offline')
})

t.test("the same in Frigate's words, under a prefix of its own", async t => {
  const broker = await startBroker(t)
  const listener = await broker.listen('nvr/#')
  const { mqtt, controls } = await start(t, broker, { frigate: 'nvr' })
  await untilSaid(listener, 'nvr/available', 'online')
  mqtt.happened(start1)
  for (const topic of ['porch/person', 'porch/all', 'path/person', 'path/all/active'])
    await untilSaid(listener, `nvr/${topic}`, '1')
  mqtt.pictured(start1.event)
  await untilSaid(listener, 'nvr/porch/person/snapshot', `picture of ${start1.event.id}`)
  t.match(JSON.parse(listener.last('nvr/events')!), { type: 'new', after: { label: 'person' } })
  await listener.say('nvr/yard/detect/set', 'OFF')
  await untilSaid(listener, 'nvr/yard/detect/state', 'OFF')
  t.notOk(controls.detection('yard'))
  t.equal(mqtt.status().length, 2)
})

t.test('a part of the service that fails for a moment is told, and told of later', async t => {
  const broker = await startBroker(t)
  let broken = false
  const { errors, state } = await start(
    t,
    broker,
    {},
    {
      stats: () => {
        if (broken) throw new Error('not now')
        return {
          uptimeSeconds: 1,
          power: { watts: 1, meter: null },
          board: { celsius: null, throttled: null },
          cameras: [],
        }
      },
    },
  )
  const listener = await broker.listen('squint/#')
  await untilSaid(listener, 'squint/available', 'online')
  t.match(JSON.parse(listener.last('squint/stats')!), { meterWatts: null, celsius: null })
  broken = true
  state.now = 'waiting'
  await until(() => errors.length > 0)
  t.match(errors[0], /not now/)
  await untilSaid(listener, 'squint/porch/available', 'offline')
})
