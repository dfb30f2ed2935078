import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { CameraEvent } from '../../../src/events/event.js'
import { SquintError } from '../../../src/lib/errors.js'
import type { Caption, EventFilter } from '../../../src/outputs/http/services.js'
import { eventFixture } from '../../fixtures/event.js'
import { startApp } from '../../fixtures/services.js'

type Started = Awaited<ReturnType<typeof startApp>>

const SECOND = Date.parse('2026-11-22T21:00:00Z')

/** Five events, a minute after one another, ids in that order. */
function five(journal: Started['journal']): CameraEvent[] {
  const events = ['porch', 'yard', 'porch', 'yard', 'porch'].map((camera, index) => {
    const startedAt = new Date(SECOND + index * 60_000).toISOString()
    return eventFixture({
      id: `event-00${index}`,
      camera,
      startedAt,
      label: index === 2 ? 'cat' : 'person',
      score: 0.5 + index / 10,
      enteredZones: index === 3 ? ['drive'] : [],
      hasSnapshot: false,
      ...(index < 2 && { endedAt: startedAt, endedBy: 'gone' as const }),
    })
  })
  for (const event of events) journal.add({ type: 'start', event, before: null })
  return events
}

async function ask(app: Started['app'], path: string) {
  const response = await app.request(path)
  return { response, status: response.status, body: JSON.parse(await response.text()) }
}

t.test('events come newest first, by what is asked for', async t => {
  const { app, journal } = await startApp(t)
  t.same((await ask(app, '/api/events')).body, { events: [], next: null })
  const events = five(journal)
  t.same((await ask(app, '/api/events')).body, { events: events.toReversed(), next: null })
  for (const [query, wanted] of [
    ['camera=yard', [3, 1]],
    ['camera=gone-from-the-configuration', []],
    ['label=cat', [2]],
    ['zone=drive', [3]],
    ['open=true', [4, 3, 2]],
    ['open=false', [1, 0]],
    ['minScore=0.8', [4, 3]],
    ['after=2026-11-22T21:03:00Z', [4, 3]],
    ['before=2026-11-22T21:01:00.000Z', [0]],
    ['after=2026-11-22T22:03:00%2B01:00', [4, 3]],
    ['after=2026-11-22T22:03:00+01:00', [4, 3]],
    [`after=${SECOND / 1000 + 60}&before=${SECOND / 1000 + 120.5}`, [2, 1]],
    ['camera=porch&open=true', [4, 2]],
  ] as const) {
    const { status, body } = await ask(app, `/api/events?${query}`)
    t.equal(status, 200)
    t.same(
      body.events.map(({ id }: CameraEvent) => id),
      wanted.map(index => `event-00${index}`),
      query,
    )
  }
})

t.test('pages lead to one another', async t => {
  const { app, journal } = await startApp(t)
  five(journal)
  const ids: string[] = []
  let path = '/api/events?limit=2&camera=porch&label=person&zone=&after=1'
  t.same((await ask(app, path)).body.events, [], 'an empty name is a name')
  path = path.replace('&zone=', '').replace('&label=person', '')
  for (let pages = 1; ; pages++) {
    const { body, response } = await ask(app, path)
    ids.push(...body.events.map(({ id }: CameraEvent) => id))
    const link = response.headers.get('link')
    if (body.next === null) {
      t.equal(link, null)
      t.equal(pages, 2)
      break
    }
    t.equal(link, `</api/events?limit=2&camera=porch&after=1&cursor=${body.next}>; rel="next"`)
    path = link!.slice(1, link!.indexOf('>'))
  }
  t.same(ids, ['event-004', 'event-002', 'event-000'])
})

t.test('a query that is none is refused by its field', async t => {
  const { app } = await startApp(t)
  for (const [query, detail] of [
    ['limit=201', /^limit: /],
    ['limit=0', /^limit: /],
    ['after=yesterday', /^after: expected ISO 8601 .* Unix seconds, found "yesterday"$/],
    ['before=2026-11-22', /^before: expected ISO 8601/],
    ['before=2026-11-22T21:00:00', /^before: expected ISO 8601 with a time zone/],
    ['before=2026-02-31T21:00:00Z', /^before: /],
    [`after=${'1'.repeat(41)}`, /^after: /],
    ['open=maybe', /^open: /],
    ['minScore=2', /^minScore: /],
    ['cursor=../../etc/passwd', /^cursor: expected the id of an event$/],
  ] as const) {
    const { status, body } = await ask(app, `/api/events?${query}`)
    t.match({ status, ...body }, { status: 400, code: 'REQUEST_INVALID', detail }, query)
  }
})

t.test('one event is found by its id, and no other text gets as far as a look-up', async t => {
  const asked: string[] = []
  const { app } = await startApp(t, {
    events: {
      list: () => ({ events: [], next: null }),
      find(id) {
        asked.push(id)
        return id === 'event-000' ? eventFixture({ id }) : undefined
      },
      snapshot: async () => undefined,
      status: () => ({ events: 0, open: 0, bytes: null, unwritten: 0, damaged: 0, error: null }),
    },
  })
  t.same((await ask(app, '/api/events/event-000')).body, eventFixture({ id: 'event-000' }))
  const unknown = await ask(app, '/api/events/event-999')
  t.match(unknown, { status: 404, body: { code: 'EVENT_UNKNOWN', detail: /event-999/ } })
  for (const id of [
    '..%2f..%2fetc%2fpasswd',
    '%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    'event-000%00',
    'event-000%0a',
    'EVENT-000',
    'e'.repeat(41),
    'e'.repeat(5000),
    '-vent-000',
    'evént-000',
    'stream2',
  ]) {
    for (const path of ['', '/snapshot.jpeg']) {
      const { status, body } = await ask(app, `/api/events/${id}${path}`)
      t.match({ status, ...body }, { status: 400, code: 'REQUEST_INVALID' }, id)
    }
  }
  t.same(asked, ['event-000', 'event-999'])
})

t.test(
  'the picture of an ended event is kept by clients, that of a lasting one asked for again',
  async t => {
    const { app, journal } = await startApp(t)
    const event = eventFixture()
    const get = (headers: Record<string, string> = {}, query = '') =>
      app.request(`/api/events/${event.id}/snapshot.jpeg${query}`, { headers })
    t.match(await (await get()).json(), { code: 'EVENT_UNKNOWN' })
    journal.add({ type: 'start', event, before: null })
    const none = await get()
    t.equal(none.status, 404)
    t.match(await none.json(), { code: 'NOT_FOUND', detail: /expected a picture, found none kept/ })

    await journal.keepSnapshot(event.id, Buffer.from('first'))
    const first = await get()
    t.equal(first.headers.get('content-type'), 'image/jpeg')
    t.equal(first.headers.get('cache-control'), 'private, no-cache')
    t.equal(await first.text(), 'first')
    const etag = first.headers.get('etag')!
    const same = await get({ 'If-None-Match': etag })
    t.equal(same.status, 304)
    t.equal(same.headers.get('etag'), etag)
    t.equal(await same.text(), '')

    await journal.keepSnapshot(event.id, Buffer.from('better'))
    const better = await get({ 'If-None-Match': etag })
    t.equal(better.status, 200)
    t.equal(await better.text(), 'better')

    const ended = { ...event, endedAt: event.updatedAt, endedBy: 'gone' } as const
    journal.add({ type: 'end', event: ended, before: event })
    const kept = await get()
    t.equal(kept.headers.get('cache-control'), 'private, max-age=86400')
    t.equal((await get({ 'If-None-Match': kept.headers.get('etag')! })).status, 304)
  },
)

t.test('the box is drawn in where it was when the event was seen best', async t => {
  const drawn: (readonly Caption[])[] = []
  const { app, journal } = await startApp(t, {
    async annotate(picture, captions) {
      if (drawn.length === 1) throw new SquintError('BUSY', 'pictures: too many wait')
      drawn.push(captions)
      return Buffer.concat([picture, Buffer.from(' with a box')])
    },
  })
  const event = eventFixture()
  journal.add({ type: 'start', event, before: null })
  await journal.keepSnapshot(event.id, Buffer.from('picture'))
  const path = `/api/events/${event.id}/snapshot.jpeg?boxes=`
  const plain = await app.request(`${path}0`)
  t.equal(await plain.text(), 'picture')
  const boxed = await app.request(`${path}1`)
  t.equal(await boxed.text(), 'picture with a box')
  t.same(drawn, [[{ box: event.best.box, text: 'person 87 %' }]])
  const etag = boxed.headers.get('etag')!
  t.not(etag, plain.headers.get('etag'))
  const again = await app.request(`${path}1`, { headers: { 'If-None-Match': etag } })
  t.equal(again.status, 304, 'without drawing it again')
  const busy = await app.request(`${path}1`)
  t.equal(busy.status, 503)
  t.match(await busy.json(), { code: 'BUSY' })
  t.equal((await app.request(`${path}yes`)).status, 400)
})

t.test('changes are streamed as they happen', async t => {
  const { app, eventStream } = await startApp(t)
  const response = await app.request('/api/events/stream?camera=porch')
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  const reader = response.body!.getReader()
  const greeting = Buffer.from((await reader.read()).value!).toString()
  eventStream.happened?.({ type: 'start', event: eventFixture({ camera: 'yard' }), before: null })
  eventStream.happened?.({ type: 'start', event: eventFixture(), before: null })
  t.match(Buffer.from((await reader.read()).value!).toString(), /^id: \w+-2\nevent: start\ndata: /)
  await reader.cancel()
  const [, id] = /id: (\S+)/.exec(greeting)!
  const resumed = await app.request('/api/events/stream', { headers: { 'Last-Event-ID': id! } })
  const again = resumed.body!.getReader()
  await again.read()
  t.match(Buffer.from((await again.read()).value!).toString(), /^id: \w+-1\n/)
  await again.cancel()
  t.equal((await app.request(`/api/events/stream?camera=${'x'.repeat(101)}`)).status, 400)
})

t.test('asking for the head of the stream only is no listener', async t => {
  const { app, eventStream } = await startApp(t)
  for (let i = 0; i < 40; i++) {
    const response = await app.request('/api/events/stream', { method: 'HEAD' })
    t.equal(response.status, 200)
    t.equal(response.headers.get('content-type'), 'text/event-stream')
  }
  t.equal(eventStream.status().clients, 0)
})

t.test('the export is made while it is read, and stops when nobody reads', async t => {
  const asked: EventFilter[] = []
  let pieces = 0
  let ended = false
  const { app } = await startApp(t, {
    async *exportCoco(filter) {
      asked.push(filter)
      try {
        yield '{"images":['
        for (; pieces < 1000; pieces++) yield `${pieces},`
      } finally {
        ended = true
      }
    },
  })
  const response = await app.request('/api/events/export.coco.json?camera=porch&open=false&after=1')
  t.equal(response.headers.get('content-type'), 'application/json')
  t.match(response.headers.get('content-disposition'), /filename="squint.coco.json"/)
  const reader = response.body!.getReader()
  t.equal(Buffer.from((await reader.read()).value!).toString(), '{"images":[')
  await reader.cancel()
  await sleep(10)
  t.ok(pieces < 10, `${pieces} pieces`)
  t.ok(ended)
  t.same(asked, [{ camera: 'porch', open: false, after: 1000 }])
  t.equal((await app.request('/api/events/export.coco.json?after=x')).status, 400)
})
