import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { CameraEvent, EventChange } from '../../../src/events/event.js'
import {
  createEventStream,
  type EventStreamOptions,
  type StreamFilter,
} from '../../../src/outputs/http/event-stream.js'
import { eventFixture } from '../../fixtures/event.js'
import { resultFixture } from '../../fixtures/result.js'

interface Message {
  readonly event?: string
  readonly id?: string
  readonly data?: string
}

function start(t: Test, options?: EventStreamOptions) {
  const stream = createEventStream(options)
  t.teardown(stream.close)
  const happen = (type: EventChange['type'], changes: Partial<CameraEvent> = {}) =>
    stream.happened?.({ type, event: eventFixture(changes), before: null })

  function listen(filter: StreamFilter = {}, lastEventId?: string) {
    const reader = stream.open(filter, lastEventId).body!.getReader()
    let text = ''
    let ended = false
    let next: ReturnType<typeof reader.read> | undefined
    return {
      reader,
      /** All that has come so far, block by block. */
      async messages(): Promise<Message[]> {
        for (;;) {
          if (!ended) next ??= reader.read()
          const read = await Promise.race([next, sleep(10)])
          if (read === undefined) break
          next = undefined
          ended = read.done
          text += Buffer.from(read.value ?? []).toString()
        }
        return text.split('\n\n').slice(0, -1).map(parse)
      },
    }
  }
  return { happen, listen, stream }
}

/** As the specification of Server-Sent Events reads a block. */
function parse(block: string): Message {
  const lines = block.split(/\r\n|\n|\r/).filter(line => !line.startsWith(':'))
  return Object.fromEntries(lines.map(line => line.split(/: (.*)/s).slice(0, 2)))
}

const named = (messages: Message[]) => messages.filter(({ event }) => event !== undefined)
const last = (messages: Message[]) => messages.at(-1)!.id!

t.test('a listener hears what happens from now on', async t => {
  const { happen, listen, stream } = start(t)
  happen('start', { id: 'before-it-came' })
  const response = stream.open({})
  t.match(response.headers.get('content-type'), 'text/event-stream')
  await response.body?.cancel()
  const listener = listen()
  stream.publish(resultFixture())
  happen('start')
  happen('end')
  const [greeting, first, second, ...rest] = await listener.messages()
  t.match(greeting, { retry: '3000', id: /^[0-9a-f]{8}-1$/ })
  t.match(first, { event: 'start', id: /-2$/ })
  t.same(JSON.parse(first!.data!), { type: 'start', event: eventFixture(), before: null })
  t.match(second, { event: 'end', id: /-3$/ })
  t.same(rest, [])
  t.same(stream.status(), { clients: 1, gaps: 0 })
  await listener.reader.cancel()
  t.equal(stream.status().clients, 0)
})

t.test('filters hold together', async t => {
  const { happen, listen } = start(t)
  const all = listen()
  const some = listen({ camera: 'porch', label: 'cat', zone: 'path' })
  happen('start')
  happen('start', { label: 'cat', camera: 'yard' })
  happen('start', { label: 'cat', enteredZones: [] })
  happen('start', { label: 'cat', zones: [], enteredZones: ['drive', 'path'] })
  t.match(named(await some.messages()), [{ id: /-4$/ }])
  t.equal(named(await all.messages()).length, 4)
})

t.test('nothing in an event can end its message or begin another', async t => {
  const { happen, listen } = start(t)
  const listener = listen()
  const label = 'a\n\nevent: end\ndata: {}\r\r\nid: 7\u2028'
  happen('start', { label })
  const messages = named(await listener.messages())
  t.equal(messages.length, 1)
  t.equal(JSON.parse(messages[0]!.data!).event.label, label)
})

t.test('a message takes no more memory than its bytes', async t => {
  const { happen, listen } = start(t)
  const { reader } = listen()
  happen('start')
  for (const what of ['greeting', 'change']) {
    const { value } = await reader.read()
    t.equal(value?.buffer.byteLength, value?.byteLength, what)
  }
})

t.test('who comes back goes on where it was', async t => {
  const { happen, listen } = start(t)
  const first = listen()
  happen('start')
  const id = last(await first.messages())
  await first.reader.cancel()
  happen('update')
  happen('end')
  const again = listen({}, id)
  t.match(named(await again.messages()), [{ event: 'update' }, { event: 'end' }])
  happen('start')
  t.equal(named(await again.messages()).length, 3)
})

t.test('who comes back too late is told so and gets what is remembered', async t => {
  const { happen, listen, stream } = start(t, { kept: 3 })
  const first = listen()
  const id = last(await first.messages())
  await first.reader.cancel()
  for (let i = 0; i < 3; i++) happen('update')
  t.equal(named(await listen({}, id).messages()).length, 3, 'just in time')
  happen('end')
  const messages = named(await listen({}, id).messages())
  t.match(messages, [
    { event: 'gap', data: '{"reason":"late"}', id: /-1$/ },
    { event: 'update', id: /-2$/ },
    { event: 'update' },
    { event: 'end', id: /-4$/ },
  ])
  t.equal(stream.status().gaps, 1)
})

t.test('an id of another run, or of nobody, is a gap', async t => {
  const { happen, listen } = start(t)
  const other = last(await start(t).listen().messages())
  happen('end')
  const own = last(await listen().messages())
  for (const id of [other, own.replace(/\d+$/, '99'), '17', '', 'x\ny']) {
    const messages = named(await listen({}, id).messages())
    t.match(messages, [{ event: 'gap', data: '{"reason":"unknown"}' }, { event: 'end' }], id)
  }
})

t.test('a slow reader loses whole changes, nobody else does, and no memory grows', async t => {
  const { happen, listen, stream } = start(t, { kept: 20 })
  const slow = listen()
  const good = listen()
  let heard = 0
  for (let i = 0; i < 400; i++) {
    happen('update', { enteredZones: Array(50).fill(`zone-${i}`) })
    if (i % 10 === 9) heard = named(await good.messages()).length
  }
  t.equal(heard, 400)
  const messages = named(await slow.messages())
  const gaps = messages.filter(({ event }) => event === 'gap')
  t.equal(gaps.length, 1)
  t.equal(stream.status().gaps, 1)
  t.match(last(messages), /-400$/, 'it has caught up')
  t.ok(messages.length < 120, `${messages.length} messages`)
  for (const { event, data } of messages) if (event === 'update') JSON.parse(data!)
})

t.test('a silent connection shows that it is alive, and where it is', async t => {
  const { happen, listen } = start(t, { heartbeatMs: 20 })
  const listener = listen({ camera: 'yard' })
  happen('start')
  await sleep(50)
  const messages = await listener.messages()
  t.same(named(messages), [])
  t.match(last(messages), /-1$/, 'what was not for it is behind it, too')
  const stuck = listen()
  const room = 64 << 10
  while (Number((await stuck.reader.read()).value?.length) > room) t.fail()
  for (let i = 0; i < 200; i++) happen('update')
  await sleep(50)
  t.equal(named(await stuck.messages()).length, 200)
})

t.test('the 33rd listener is asked to come back later', async t => {
  const { listen, stream } = start(t)
  const listeners = Array.from({ length: 32 }, () => listen())
  t.throws(() => stream.open({}), { code: 'BUSY' })
  await listeners[0]!.reader.cancel()
  t.ok(listen())
})

t.test('closing ends all streams and takes nobody more', async t => {
  const { happen, listen, stream } = start(t)
  const listener = listen()
  happen('end')
  await stream.close()
  await stream.close()
  happen('start')
  t.match(named(await listener.messages()), [{ event: 'end' }])
  t.ok((await listener.reader.read()).done)
  t.throws(() => stream.open({}), { code: 'CLOSED' })
})
