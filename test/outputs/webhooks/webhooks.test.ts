import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { CameraEvent, EventChange } from '../../../src/events/event.js'
import { type WebhookConfig, webhooksSchema } from '../../../src/outputs/webhooks/config.js'
import { createWebhooks } from '../../../src/outputs/webhooks/webhooks.js'
import { eventFixture } from '../../fixtures/event.js'
import { startReceiver } from '../../fixtures/receiver.js'
import { resultFixture } from '../../fixtures/result.js'

function start(t: Test, hooks: Partial<WebhookConfig>[]) {
  const webhooks = createWebhooks({
    webhooks: webhooksSchema.parse(hooks),
    version: '1.2.3',
    onTrouble: () => {},
    graceMs: 50,
  })
  t.teardown(webhooks.close)
  const happen = (type: EventChange['type'], changes: Partial<CameraEvent> = {}) =>
    webhooks.happened({ type, event: eventFixture(changes), before: null })
  return { happen, webhooks }
}

t.test('each webhook is told of what it asked for, starts and ends by default', async t => {
  const { received, until, url } = await startReceiver(t)
  const { happen, webhooks } = start(t, [
    { url: `${url}/all` },
    { url: `${url}/updates`, on: ['update'] },
    { url: `${url}/yard`, cameras: ['yard'] },
    { url: `${url}/cars`, labels: ['car', 'truck'] },
    { url: `${url}/drive`, zones: ['drive'] },
  ])
  webhooks.publish(resultFixture())
  happen('start')
  happen('update')
  happen('end', { label: 'car', camera: 'yard', enteredZones: ['path', 'drive'], zones: [] })
  await until(6)
  await sleep(20)
  const told = received.map(({ path, body }) => `${path} ${JSON.parse(body).type}`).sort()
  t.same(told, [
    '/all end',
    '/all start',
    '/cars end',
    '/drive end',
    '/updates update',
    '/yard end',
  ])
  t.same(
    webhooks.status().map(({ delivered }) => delivered),
    [2, 1, 1, 1, 1],
  )
})

t.test('an event that enters a zone later is told of when it does, once', async t => {
  const { received, until, url } = await startReceiver(t)
  const { webhooks } = start(t, [
    { url: `${url}/drive`, zones: ['drive'] },
    { url: `${url}/ends`, zones: ['drive'], on: ['end'] },
  ])
  const outside = eventFixture({ enteredZones: ['path'] })
  const inside = eventFixture({ enteredZones: ['path', 'drive'] })
  webhooks.happened({ type: 'start', event: outside, before: null })
  webhooks.happened({ type: 'update', event: inside, before: outside })
  webhooks.happened({ type: 'update', event: inside, before: inside })
  webhooks.happened({ type: 'end', event: inside, before: inside })
  await until(3)
  await sleep(20)
  const told = received.map(({ path, body }) => `${path} ${JSON.parse(body).type}`).sort()
  t.same(told, ['/drive end', '/drive update', '/ends end'])
})

t.test('a receiver that does not answer delays nobody else and is never in the way', async t => {
  const silent = await startReceiver(t, () => {})
  const { received, until, url } = await startReceiver(t)
  const { happen, webhooks } = start(t, [{ url: `${silent.url}/hidden` }, { url }])
  const from = performance.now()
  for (let i = 0; i < 600; i++) happen('start', { id: `event-${i}` })
  t.ok(performance.now() - from < 5000)
  // the first 600 came within one turn, before any could leave
  await until(257)
  while (webhooks.status()[1]!.waiting > 0) await sleep(5)
  t.equal(received.length, 257)
  t.match(webhooks.status(), [
    { origin: silent.url, delivered: 0, dropped: 343, waiting: 257, lastError: null },
    { delivered: 257, dropped: 343, waiting: 0 },
  ])
  t.notMatch(JSON.stringify(webhooks.status()), 'hidden')
})
