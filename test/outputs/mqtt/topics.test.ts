import t from 'tap'
import { placesOf, slug, slugs } from '../../../src/outputs/mqtt/topics.js'
import { pathZone } from '../../fixtures/mqtt-sources.js'

t.test('labels become words that are safe in topics and ids', async t => {
  t.equal(slug('person'), 'person')
  t.equal(slug('traffic light'), 'traffic_light')
  t.equal(slug('  Café/+#  '), 'cafe')
  t.equal(slug('犬'), 'u72ac')
  t.equal(slug('***'), 'label_')
  t.equal(slug('all'), 'label_all', 'a word with a meaning of its own')
})

t.test('labels that would be the same are told apart', async t => {
  t.same(
    [...slugs(['a b', 'a_b', 'a-b', 'a b'])],
    [
      ['a_b', 'a b'],
      ['a_b_2', 'a_b'],
      ['a_b_3', 'a-b'],
    ],
  )
})

t.test(
  'a camera and its zones have places for all and for the labels that count there',
  async t => {
    const places = placesOf('squint', 'porch', pathZone.zones, ['person', 'dog'])
    t.same(
      places.map(({ topic, zone, label }) => ({ topic, zone, label })),
      [
        { topic: 'squint/porch/all', zone: null, label: null },
        { topic: 'squint/porch/person', zone: null, label: 'person' },
        { topic: 'squint/porch/dog', zone: null, label: 'dog' },
        { topic: 'squint/porch/path/all', zone: 'path', label: null },
        { topic: 'squint/porch/path/person', zone: 'path', label: 'person' },
      ],
    )
  },
)
