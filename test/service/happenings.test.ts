import t, { type Test } from 'tap'
import { eventsSchema } from '../../src/events/config.js'
import type { EventChange } from '../../src/events/event.js'
import { createEventIds } from '../../src/events/event-id.js'
import type { Drawing } from '../../src/events/zones.js'
import type { Frame } from '../../src/frame/frame.js'
import { monotonicMs, wallMs } from '../../src/lib/clock.js'
import { createHappenings } from '../../src/service/happenings.js'
import { until } from '../fixtures/camera.js'
import { person } from '../fixtures/detection.js'
import { resultFixture } from '../fixtures/result.js'
import { tinyYuv } from '../fixtures/yuv.js'

const everything: Drawing['masks'][number] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]

/** The event stage of one camera, with a person in front of it whenever the test shows a frame. */
function open(t: Test, config: object = {}, agoMs = 0) {
  const changes: EventChange[] = []
  const told: EventChange[] = []
  const pictures = new Map<string, string>()
  const pictured: string[] = []
  const errors: unknown[] = []
  let drawing: Drawing = { zones: [], masks: [] }
  let settings = eventsSchema.parse(config)
  const happenings = createHappenings({
    journal: {
      add: change => changes.push(change),
      snapshot: async id => {
        const kept = pictures.get(id)
        return kept === undefined ? undefined : Buffer.from(kept)
      },
      keepSnapshot: async (id, jpeg) => void pictures.set(id, Buffer.from(jpeg).toString()),
    },
    newId: createEventIds({ random: Math.random }),
    config: () => settings,
    drawing: () => drawing,
    async jpegOf({ id }) {
      if (id === 3) throw new Error('torn')
      return Buffer.from(`frame ${id}`)
    },
    publish: change => told.push(change),
    pictured: id => pictured.push(`${id} ${pictures.get(id)}`),
    onError: (error, { camera }) => errors.push([camera, error]),
  })
  t.teardown(happenings.close)
  const stage = happenings.of('porch')
  let id = 0
  const start = monotonicMs() - agoMs
  const startWall = wallMs() - agoMs
  function show(score = 0.8) {
    const ms = id++ * 200
    const frame: Frame = {
      camera: 'porch',
      id,
      capturedAt: start + ms,
      capturedWallMs: startWall + ms,
      picture: tinyYuv(),
    }
    const seen = [{ ...person(0.1 + 0.02 * id, score), trackId: 4 }]
    const detections = stage.place(seen, frame.capturedAt)
    const { frame: told } = resultFixture()
    stage.observe(resultFixture({ frame: { ...told, id }, detections }), frame)
    return detections
  }
  return {
    ...{ changes, errors, happenings, pictured, pictures, show, stage, told },
    draw(drawn: Drawing) {
      drawing = drawn
      happenings.adapt()
    },
    configure(written: object) {
      settings = eventsSchema.parse(written)
      happenings.adapt()
    },
  }
}

const typesOf = (changes: readonly EventChange[]) => changes.map(({ type }) => type)

t.test(
  'somebody who stays makes an event, with a picture; the journal hears of it first',
  async t => {
    const { changes, happenings, pictures, show, told } = open(t)
    for (let i = 0; i < 5; i++) show()
    t.equal(changes[0]?.type, 'start')
    t.same(told, changes)
    const { id } = changes[0]!.event
    await until(() => pictures.has(id))
    await happenings.close()
    t.match(changes.at(-1), { type: 'end', event: { id, endedBy: 'restart', label: 'person' } })
  },
)

t.test('each picture is told of once it is kept, the last one after the end', async t => {
  const { changes, happenings, pictured, show } = open(t)
  for (let i = 0; i < 5; i++) show()
  const { id } = changes[0]!.event
  await until(() => pictured.length === 1)
  show(0.99)
  t.equal(pictured.length, 1)
  await happenings.close()
  t.same(pictured, [`${id} frame 4`, `${id} frame 6`])
})

t.test('who asks for the picture of a better look gets it, not the one before', async t => {
  const { changes, happenings, pictured, pictures, show } = open(t)
  for (let i = 0; i < 5; i++) show()
  const { id } = changes[0]!.event
  await until(() => pictured.length === 1)
  show(0.99)
  t.match(changes.at(-1), { event: { best: { frame: 6 } } })
  t.equal(pictures.get(id), 'frame 4')
  t.same(await happenings.snapshot(id), Buffer.from('frame 6'))
  t.equal(await happenings.snapshot('nothing is known of it'), undefined)
})

t.test('a picture that cannot be had is told of, and the event goes on without it', async t => {
  const { changes, errors, pictures, show } = open(t, { labels: { person: { minSeconds: 0.4 } } })
  for (let i = 0; i < 3; i++) show(0.5 + i / 10)
  await until(() => errors.length > 0)
  t.match(errors, [['porch', { message: 'torn' }]])
  t.same(typesOf(changes), ['start'])
  t.equal(pictures.size, 0)
})

t.test('without snapshots no picture is asked for', async t => {
  const { changes, happenings, pictures, show } = open(t, { journal: { snapshots: false } })
  for (let i = 0; i < 5; i++) show()
  await happenings.close()
  t.same(typesOf(changes), ['start', 'end'])
  t.equal(pictures.size, 0)
})

t.test('zones and masks hold from the frame after they were drawn', async t => {
  const { configure, draw, show } = open(t)
  t.same(show()[0]!.zones, [])
  const path = { name: 'path', polygon: everything, minSeconds: 0 }
  draw({ zones: [path], masks: [] })
  t.same(show()[0]!.zones, ['path'])
  draw({ zones: [path], masks: [everything] })
  t.same(show(), [])
  draw({ zones: [path], masks: [] })
  configure({ labels: { car: {} } })
  t.same(show()[0]!.zones, ['path'])
})

t.test(
  'events end when nobody looks any more, when the camera is gone, and when it is silent',
  async t => {
    const paused = open(t)
    for (let i = 0; i < 5; i++) paused.show()
    paused.stage.pause()
    t.match(paused.changes.at(-1), { type: 'end', event: { endedBy: 'off' } })

    const removed = open(t)
    for (let i = 0; i < 5; i++) removed.show()
    removed.happenings.remove('porch')
    removed.happenings.remove('never there')
    t.match(removed.changes.at(-1), { type: 'end', event: { endedBy: 'camera' } })

    const silent = open(t, { silentSeconds: 5 }, 60_000)
    for (let i = 0; i < 5; i++) silent.show()
    await until(() => silent.changes.length > 1)
    t.match(silent.changes.at(-1), { type: 'end', event: { endedBy: 'camera' } })
  },
)
