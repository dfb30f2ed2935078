import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readTruth } from '../../../src/bench/truth.js'
import type { CameraEvent } from '../../../src/events/event.js'
import { toCoco } from '../../../src/events/journal/coco.js'
import { monotonicMs } from '../../../src/lib/clock.js'
import { numbered } from '../../fixtures/journal.js'

const about = { version: '1.2.3', at: '2026-11-23T08:00:00.000Z' }

async function exported(events: readonly CameraEvent[]) {
  let text = ''
  let pieces = 0
  for await (const piece of toCoco(events, about)) {
    text += piece
    pieces += 1
  }
  return { text, pieces, coco: JSON.parse(text) }
}

t.test('each picture stands there with its object, and where looking stopped', async t => {
  const event = numbered(7, { hasSnapshot: true, enteredZones: ['path', 'door'] })
  const { coco } = await exported([numbered(6, { label: 'cat' }), event])
  t.same(coco, {
    info: {
      ...{ year: 2026, version: '1.2.3', description: 'What squint has seen' },
      ...{ contributor: 'squint', url: '', date_created: '2026/11/23' },
    },
    licenses: [{ id: 1, name: 'Pictures of the operator’s own cameras', url: '' }],
    categories: [{ id: 1, name: 'person', supercategory: 'person' }],
    images: [
      {
        ...{ id: 1, width: 1280, height: 720, file_name: 'event-000007.jpeg', license: 1 },
        ...{ date_captured: '2026-11-22 21:05:01', camera: 'porch' },
      },
    ],
    annotations: [
      {
        ...{ id: 1, image_id: 1, category_id: 1, bbox: [524.8, 144, 140.8, 396] },
        ...{ segmentation: [], area: 55_756.8, iscrowd: 0, score: 0.87 },
        attributes: {
          ...{ exit_stage: 'scout', exit_reason: 'confident', event: 'event-000007' },
          ...{ camera: 'porch', zones: ['path', 'door'], track: 7 },
        },
      },
    ],
  })
})

t.test('boxes end where the picture ends', async t => {
  const { best } = numbered(1)
  const box = { x: -0.1, y: 0.9, width: 0.3, height: 0.3 }
  const event = numbered(1, { hasSnapshot: true, best: { ...best, box } })
  const { coco } = await exported([event])
  t.same(coco.annotations[0].bbox, [0, 648, 256, 72])
})

t.test('nothing to tell is an empty file of the same form', async t => {
  const { coco } = await exported([numbered(1)])
  t.match(coco, { images: [], annotations: [], categories: [] })
})

t.test('other programs of ours read it', async t => {
  const { text } = await exported([1, 2].map(number => numbered(number, { hasSnapshot: true })))
  const path = join(t.testdir({}), 'events.json')
  writeFileSync(path, text)
  const truth = await readTruth(path, ['person'])
  t.match(truth.get('event-000002.jpeg'), [{ classId: 0, box: { x: 0.41, y: 0.2 } }])
})

t.test('of 10,000 events, it goes in pieces, and others have their turns', async t => {
  const events = Array.from({ length: 10_000 }, (_, number) =>
    numbered(number, { hasSnapshot: true, label: number % 2 ? 'person' : 'parcel' }),
  )
  let last = monotonicMs()
  const gaps: number[] = []
  const timer = setInterval(() => {
    gaps.push(monotonicMs() - last)
    last = monotonicMs()
  }, 0)
  const { coco, pieces } = await exported(events)
  clearInterval(timer)
  t.same([coco.images.length, coco.annotations.length], [10_000, 10_000])
  t.equal(coco.annotations[9999].category_id, 1)
  t.equal(coco.annotations[9998].category_id, 1000)
  t.ok(pieces > 200, `${pieces} pieces`)
  t.ok(gaps.length > 5, `${gaps.length} turns for others`)
})
