/**
 * The contract of Frigate's clients, from `TrackedObject.to_dict` (frigate/track/tracked_object.py, 0.15), docs/docs/integrations/mqtt.md, and what
 * blakeblackshear/frigate-hass-integration and the blueprints for notifications read of it.
 */
import t from 'tap'
import { frigateChange, frigateEvent, frigateId } from '../../../src/outputs/mqtt/frigate-event.js'
import { eventFixture } from '../../fixtures/event.js'

/** By field: what its value must look like. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  id: value => /^\d{10}\.\d{6}-[a-z0-9]{6}$/.test(String(value)),
  camera: isText,
  frame_time: isSeconds,
  snapshot: value => value === null || typeof value === 'object',
  label: isText,
  sub_label: value => value === null,
  top_score: isShare,
  false_positive: isFlag,
  start_time: isSeconds,
  end_time: value => value === null || isSeconds(value),
  score: isShare,
  box: isCorners,
  area: Number.isInteger,
  ratio: value => typeof value === 'number',
  region: isCorners,
  active: isFlag,
  stationary: isFlag,
  motionless_count: Number.isInteger,
  position_changes: Number.isInteger,
  current_zones: isNames,
  entered_zones: isNames,
  has_clip: isFlag,
  has_snapshot: isFlag,
  attributes: value => JSON.stringify(value) === '{}',
  current_attributes: value => JSON.stringify(value) === '[]',
  thumbnail: value => value === null,
}
const SNAPSHOT: typeof FIELDS = {
  frame_time: isSeconds,
  box: isCorners,
  area: Number.isInteger,
  region: isCorners,
  score: isShare,
  attributes: value => JSON.stringify(value) === '[]',
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && value > 1e9 && value < 1e10
}
function isShare(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}
function isFlag(value: unknown): boolean {
  return typeof value === 'boolean'
}
function isCorners(value: unknown): boolean {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isInteger)
}
function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function misfits(found: object, fields: typeof FIELDS): string[] {
  const values = new Map<string, unknown>(Object.entries(found))
  return [
    ...Object.entries(fields)
      .filter(([name, fits]) => !fits(values.get(name)))
      .map(([name]) => name),
    ...[...values.keys()].filter(name => !(name in fields)),
  ]
}

const ended = eventFixture({
  endedAt: '2026-11-22T21:05:09.000Z',
  endedBy: 'gone',
  stationary: true,
  hasSnapshot: false,
})

t.test("every message has Frigate's fields", async t => {
  for (const change of [
    frigateChange({ type: 'start', event: eventFixture(), before: null }),
    frigateChange({ type: 'update', event: eventFixture({ moves: 1 }), before: eventFixture() }),
    frigateChange({ type: 'end', event: ended, before: eventFixture() }),
  ]) {
    t.same(Object.keys(change), ['type', 'before', 'after'])
    for (const each of [change.before, change.after]) {
      t.same(misfits(JSON.parse(JSON.stringify(each)), FIELDS), [], change.type)
      if (each.snapshot !== null) t.same(misfits(each.snapshot, SNAPSHOT), [])
    }
  }
})

t.test('the values are those of the event, in pixels and seconds', async t => {
  t.match(frigateEvent(ended), {
    frame_time: 1795381502.123,
    start_time: 1795381500.123,
    end_time: 1795381509,
    box: [525, 144, 666, 540],
    area: 141 * 396,
    ratio: 0.36,
    region: [0, 0, 1280, 720],
    active: false,
    stationary: true,
    motionless_count: 1,
    has_snapshot: false,
    has_clip: false,
  })
})

t.test(
  'types are called as Frigate calls them, and before the beginning nothing was seen',
  async t => {
    const { type, before, after } = frigateChange({
      type: 'start',
      event: eventFixture(),
      before: null,
    })
    t.equal(type, 'new')
    t.match(before, { false_positive: true, entered_zones: [], snapshot: null, id: after.id })
    t.match(after, { false_positive: false, entered_zones: ['path'] })
    t.equal(frigateChange({ type: 'end', event: ended, before: ended }).type, 'end')
  },
)

t.test('an id is the same for the same event, and another for another', async t => {
  const event = eventFixture()
  t.equal(frigateId(event), frigateId(eventFixture({ moves: 3 })))
  t.not(frigateId(event), frigateId(eventFixture({ id: '01k9zt4x8c-porch-18' })))
  t.match(frigateId(event), /^1795381500\.123000-/)
})
