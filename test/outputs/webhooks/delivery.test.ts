import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { EventChange } from '../../../src/events/event.js'
import { createDelivery, type DeliveryOptions } from '../../../src/outputs/webhooks/delivery.js'
import { eventFixture } from '../../fixtures/event.js'
import { startReceiver } from '../../fixtures/receiver.js'

type Answer = (response: ServerResponse, index: number) => void

async function start(t: Test, answer?: Answer, changes: Partial<DeliveryOptions> = {}) {
  const receiver = await startReceiver(t, answer)
  const troubles: string[] = []
  const delivery = createDelivery({
    hook: { url: `${receiver.url}/secret-path`, on: ['start', 'update', 'end'] },
    version: '1.2.3',
    limit: 4,
    timeoutMs: 20_000,
    retryMs: [10],
    graceMs: 5000,
    onTrouble: (origin, error) => troubles.push(`${origin} ${error}`),
    ...changes,
  })
  t.teardown(delivery.close)
  const put = (...types: EventChange['type'][]) => {
    for (const type of types) delivery.put({ type, event: eventFixture(), before: null })
  }
  const types = () => receiver.received.map(({ body }) => JSON.parse(body).type)
  const ids = () => receiver.received.map(({ headers }) => headers['webhook-id'])
  return { ...receiver, delivery, ids, put, troubles, types }
}

/** Waits until nothing waits any more. */
async function settled(delivery: { status(): { waiting: number } }): Promise<void> {
  while (delivery.status().waiting > 0) await sleep(5)
}

t.test('messages come in order, one request at a time, each with an id of its own', async t => {
  let open = 0
  const { delivery, ids, put, types } = await start(t, async response => {
    open++
    t.equal(open, 1)
    await sleep(10)
    open--
    response.end()
  })
  put('start', 'update', 'end')
  t.equal(delivery.status().waiting, 3)
  await settled(delivery)
  t.same(types(), ['start', 'update', 'end'])
  t.equal(new Set(ids()).size, 3)
  t.match(delivery.status(), { delivered: 3, failed: 0, dropped: 0, waiting: 0, lastError: null })
})

t.test(
  'what could not be taken is tried again, under the same id and before all others',
  async t => {
    const { delivery, ids, put, troubles, types, url } = await start(t, (response, index) => {
      response.writeHead([503, 429, 200, 500, 200][index]!).end()
    })
    put('start', 'end')
    await settled(delivery)
    t.same(types(), ['start', 'start', 'start', 'end', 'end'])
    const [first, , last, second, again] = ids()
    t.ok(first === last && second === again && first !== second)
    t.same(delivery.status(), {
      origin: url,
      delivered: 2,
      failed: 0,
      dropped: 0,
      waiting: 0,
      lastError: 'answered 500',
    })
    t.same(troubles, [`${url} answered 503`, `${url} answered 500`], 'told once per trouble')
  },
)

t.test('a receiver that asks for time gets it', async t => {
  const { delivery, put, until } = await start(t, (response, index) => {
    if (index === 0) response.writeHead(429, { 'Retry-After': '1' })
    response.end()
  })
  const from = performance.now()
  put('start')
  await until(2)
  t.ok(performance.now() - from > 950)
  await settled(delivery)
})

t.test('a message that is refused, or never taken, does not hold up the others', async t => {
  const { delivery, put, types } = await start(t, (response, index) => {
    response.writeHead(index === 0 ? 400 : index < 9 ? 500 : 200).end()
  })
  put('start', 'update', 'end')
  await settled(delivery)
  t.same(types(), ['start', ...Array(8).fill('update'), 'end'])
  t.match(delivery.status(), { delivered: 1, failed: 2, lastError: 'answered 500' })
})

t.test(
  'while nobody answers, starts and ends wait, and a receiver that returns gets them',
  async t => {
    const { delivery, port, put, stop, url } = await start(t)
    await stop()
    put('start', ...Array(20).fill('update'), 'end')
    while (delivery.status().lastError === null) await sleep(5)
    await sleep(50)
    t.match(delivery.status(), { delivered: 0, failed: 0, dropped: 17, waiting: 5 })
    t.match(delivery.status().lastError, /ECONNREFUSED/)
    const back = await startReceiver(t, undefined, port)
    t.equal(back.url, url)
    await settled(delivery)
    const types = back.received.map(({ body }) => JSON.parse(body).type)
    t.same([types[0], types.at(-1), types.length], ['start', 'end', 5])
  },
)

t.test('closing delivers what waits and takes nothing more', async t => {
  const { delivery, put, types } = await start(t)
  put('start', 'end')
  await delivery.close()
  put('start')
  await delivery.close()
  t.same(types(), ['start', 'end'])
})

t.test('closing tries once more where it had to wait, and stops where that fails', async t => {
  const { delivery, put, received } = await start(t, response => response.writeHead(500).end(), {
    retryMs: [60_000],
  })
  put('start', 'end')
  while (delivery.status().lastError === null) await sleep(5)
  const from = performance.now()
  await delivery.close()
  t.ok(performance.now() - from < 30_000)
  t.equal(received.length, 2)
  t.match(delivery.status(), { delivered: 0, failed: 1 })
})

t.test('closing cuts a receiver that does not answer', async t => {
  const { delivery, put, until } = await start(t, () => {}, { timeoutMs: 60_000, graceMs: 100 })
  put('start')
  await until(1)
  const from = performance.now()
  await delivery.close()
  const took = performance.now() - from
  t.ok(took > 50 && took < 30_000, `${took} ms`)
})
