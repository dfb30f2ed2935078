import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../../src/lib/package.js'
import {
  type ClientMessage,
  parseFrame,
  parseMessage,
  type ServerMessage,
} from '../../../src/outputs/client/protocol.js'
import {
  encodeFrame,
  type WsReply,
  type WsRequest,
  wsReplySchema,
  wsRequestSchema,
} from '../../../src/outputs/ws/messages.js'
import { eventFixture } from '../../fixtures/event.js'
import { resultFixture } from '../../fixtures/result.js'
import { statusFixture } from '../../fixtures/status.js'

/** One of each kind; a kind that is missing here does not compile. */
const REQUESTS: { readonly [T in ClientMessage['type']]: ClientMessage & { type: T } } = {
  subscribe: {
    type: 'subscribe',
    camera: 'porch',
    results: true,
    video: true,
    credit: 2,
    width: 640,
  },
  credit: { type: 'credit', camera: 'porch', frames: 1 },
  unsubscribe: { type: 'unsubscribe', camera: 'porch' },
  events: { type: 'events', follow: true, cameras: ['porch'] },
}

const REPLIES: { readonly [T in WsReply['type']]: WsReply & { type: T } } = {
  hello: {
    type: 'hello',
    version: '1.2.3',
    cameras: [statusFixture({ error: { code: 'CAMERA_FAILED', message: 'no' } })],
  },
  result: { type: 'result', result: resultFixture() },
  camera: { type: 'camera', status: statusFixture() },
  event: { type: 'event', change: 'start', event: eventFixture() },
  error: { type: 'error', code: 'CAMERA_UNKNOWN', message: 'no', camera: 'cellar' },
}

/** The kinds of a union of messages. */
const kindsOf = (schema: typeof wsRequestSchema | typeof wsReplySchema): string[] =>
  schema.options.map(({ shape }) => shape.type.value)

t.test('what the client says is what the service understands', async t => {
  t.same(Object.keys(REQUESTS), kindsOf(wsRequestSchema))
  for (const request of Object.values(REQUESTS)) {
    const understood: WsRequest = wsRequestSchema.parse(request)
    t.same(understood, request)
  }
})

t.test('what the service says is what its schema says and the client understands', async t => {
  t.same(Object.keys(REPLIES).sort(), kindsOf(wsReplySchema).sort())
  const known: { readonly [T in ServerMessage['type']]: true } = {
    hello: true,
    result: true,
    camera: true,
    event: true,
    error: true,
  }
  t.same(Object.keys(known), Object.keys(REPLIES))
  for (const reply of Object.values(REPLIES)) {
    t.same(wsReplySchema.parse(reply), reply)
    t.same(parseMessage(JSON.stringify(reply)), reply)
    const { type, ...rest } = reply
    for (const field of Object.keys(rest)) {
      if (type === 'error' && field === 'camera') continue
      const broken = JSON.stringify({ ...reply, [field]: undefined })
      t.equal(parseMessage(broken), undefined, `${type} without ${field}`)
    }
  }
})

t.test('every kind of message is documented, and none that there is not', async t => {
  const text = readFileSync(join(packageRoot, 'docs/websocket.md'), 'utf8')
  const section = /## The protocol\n(.*?)\n## /s.exec(text)?.[1] ?? ''
  const named = [...section.matchAll(/"type":"(\w+)"/g)].map(([, type]) => type)
  t.same(
    [...new Set(named)].sort(),
    [...kindsOf(wsRequestSchema), ...kindsOf(wsReplySchema)].sort(),
  )
  const fields = new Set(wsRequestSchema.options.flatMap(({ shape }) => Object.keys(shape)))
  for (const field of fields) t.match(section, new RegExp(`["\`]${field}["\`]`), field)
})

t.test('a frame is the same at both ends', async t => {
  const frame = {
    ...{ camera: 'porch', id: 4711, capturedWallMs: 1_700_000_000_123.5 },
    jpeg: new Uint8Array([1, 2, 3]),
  }
  const bytes = Uint8Array.from(encodeFrame({ ...frame, width: 1280, fullWidth: 1280 }))
  t.same(parseFrame(bytes.buffer), frame)
  const altered = (at: number, value: number) =>
    parseFrame(Uint8Array.from(bytes, (byte, i) => (i === at ? value : byte)).buffer)
  t.equal(altered(0, 0), undefined, 'another mark')
  t.equal(altered(2, 2), undefined, 'another version')
  t.equal(altered(3, 200), undefined, 'a name longer than the message')
  t.equal(parseFrame(bytes.buffer.slice(0, 10)), undefined)
  const timeless = encodeFrame({
    ...frame,
    capturedWallMs: Number.NaN,
    width: 1280,
    fullWidth: 1280,
  })
  t.equal(parseFrame(Uint8Array.from(timeless).buffer), undefined)
})
