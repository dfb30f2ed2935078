import t from 'tap'
import { createPlacing } from '../../src/events/place.js'
import type { Zone } from '../../src/events/zones.js'
import type { Point } from '../../src/lib/polygon.js'
import { createRandom } from '../../src/lib/random.js'
import { tracked } from '../fixtures/observed.js'

/** The picture between two shares of its width. */
function strip(from: number, to: number): Point[] {
  return [
    [from, 0],
    [to, 0],
    [to, 1],
    [from, 1],
  ]
}

const zone = (name: string, from: number, to: number, changes: Partial<Zone> = {}): Zone => ({
  name,
  polygon: strip(from, to),
  minSeconds: 0,
  ...changes,
})
const left = zone('left', 0, 0.5)
const middle = zone('middle', 0.4, 0.6)

/** Zones of one object, frame by frame. */
function path(zones: Zone[], places: readonly number[], everyMs = 100) {
  const placing = createPlacing({ zones, masks: [] })
  return places.map((x, i) => placing.place([tracked(x)], i * everyMs)[0]!.zones.join())
}

t.test('without a drawing everything is nowhere, by the same empty list', async t => {
  const { place } = createPlacing({ zones: [], masks: [] })
  const [a, b] = place([tracked(0.1), tracked(0.5, { trackId: 2 })], 0)
  t.match(a, { label: 'person', trackId: 1, zones: [] })
  t.equal(a!.zones, b!.zones)
})

t.test(
  'an object is in all zones that hold its foot, named in the order of the drawing',
  async t => {
    t.same(path([left, middle], [0.1, 0.45, 0.8]), ['left', 'left,middle', ''])
  },
)

t.test('the list of names stays the same one while the object stays', async t => {
  const { place } = createPlacing({ zones: [left], masks: [] })
  const before = place([tracked(0.2)], 0)[0]!.zones
  t.equal(place([tracked(0.3)], 100)[0]!.zones, before)
  t.not(place([tracked(0.8)], 200)[0]!.zones, before)
})

t.test('labels that a zone does not name are not in it', async t => {
  const { place } = createPlacing({ zones: [{ ...left, labels: ['car'] }], masks: [] })
  t.same(place([tracked(0.2)], 0)[0]!.zones, [])
  t.same(place([tracked(0.2, { label: 'car' })], 100)[0]!.zones, ['left'])
})

t.test(
  'who must stand in a zone for some seconds is in it after them, without a break',
  async t => {
    const slow = { ...left, minSeconds: 0.3 }
    t.same(path([slow], [0.2, 0.2, 0.2, 0.2, 0.2]), ['', '', '', 'left', 'left'])
    t.same(path([slow], [0.2, 0.2, 0.8, 0.2, 0.2, 0.2, 0.2]), ['', '', '', '', '', '', 'left'])
  },
)

t.test('each object has its own time', async t => {
  const { place } = createPlacing({ zones: [{ ...left, minSeconds: 1 }], masks: [] })
  place([tracked(0.2)], 0)
  place([tracked(0.2), tracked(0.3, { trackId: 2 })], 600)
  const placed = place([tracked(0.2), tracked(0.3, { trackId: 2 })], 1000)
  t.same(
    placed.map(({ zones }) => zones),
    [['left'], []],
  )
})

t.test('a box that trembles on the edge of a zone enters it once', async t => {
  const random = createRandom(4)
  // 5 % of its width either way, and a wobble of 1.5 Hz as large
  const places = Array.from(
    { length: 600 },
    (_, i) => 0.5 + 0.01 * (random() - 0.5) + 0.005 * Math.sin((i / 10) * 1.5 * 2 * Math.PI),
  )
  const zones = path([left], places)
  t.equal(zones.filter((name, i) => i > 0 && name !== zones[i - 1]).length, 1)
  t.same(path([left], [0.49, 0.51, 0.53]), ['left', 'left', ''], 'who steps out is out at once')
})

t.test('what stands in a mask is not reported, and does not flicker on its edge', async t => {
  const { place } = createPlacing({ zones: [middle], masks: [strip(0, 0.5)] })
  const reported = [0.2, 0.49, 0.51, 0.49, 0.51, 0.55, 0.51, 0.2].map(
    (x, i) => place([tracked(x)], i * 100).length,
  )
  t.same(reported, [0, 0, 0, 0, 0, 1, 1, 0])
  const beside = place([tracked(0.2), tracked(0.55, { trackId: 2 })], 1000)
  t.match(beside, [{ trackId: 2, zones: ['middle'] }])
  t.equal(beside.length, 1)
})

t.test(
  'who is missing for a moment goes on standing there, who is for long begins anew',
  async t => {
    const slow = { ...left, minSeconds: 2 }
    const { place } = createPlacing({ zones: [slow], masks: [] })
    const at = (atMs: number) => place([tracked(0.2)], atMs)[0]!.zones
    t.same(at(0), [])
    place([], 1000)
    t.same(at(2000), ['left'])
    place([], 4000)
    place([], 5001)
    t.same(at(5100), [])
    t.same(at(9000), [], 'also if no frame has come meanwhile')
  },
)
