import t from 'tap'
import {
  cameraDevice,
  cameraDeviceId,
  nodeOf,
  serviceDevice,
} from '../../../src/outputs/mqtt/discovery.js'
import { placesOf } from '../../../src/outputs/mqtt/topics.js'
import { refusals } from '../../fixtures/home-assistant.js'
import { pathZone } from '../../fixtures/mqtt-sources.js'

const about = { prefix: 'home/squint', version: '1.2.3', snapshots: true }
const labels = ['person', 'traffic light', 'a/b', 'a b', '犬']
const places = placesOf(about.prefix, 'porch', pathZone.zones, labels)
const devices = [
  { topic: `device/${nodeOf(about.prefix)}/config`, device: serviceDevice(about) },
  {
    topic: `device/${cameraDeviceId(about.prefix, 'porch')}/config`,
    device: cameraDevice(about, 'porch', places),
  },
]

t.test('Home Assistant takes every key of every entity, whatever the labels', async t => {
  for (const { topic, device } of devices) t.same(refusals(topic, JSON.stringify(device)), [])
})

t.test('the check finds what Home Assistant would refuse', async t => {
  const [{ topic, device }] = devices as [(typeof devices)[0]]
  const changed = (component: object) =>
    refusals(
      topic,
      JSON.stringify({
        ...device,
        components: { x: { ...device.components.watts, ...component } },
      }),
    )
  t.same(changed({}), [])
  t.same(changed({ unknown: 1 }), ['x: unknown unknown'])
  t.same(changed({ device_class: 'energy', unit_of_measurement: 'mJ' }), [
    'x: unit: mJ',
    'x: state_class: measurement',
  ])
  t.same(changed({ state_topic: undefined }), ['x: no state_topic'])
  t.same(changed({ entity_category: 'config' }), ['x: entity_category: config'])
  t.same(changed({ default_entity_id: 'sensor.a__b' }), ['x: entity id sensor.a__b'])
  t.same(changed({ platform: 'lamp' }), ['x: no platform lamp'])
  t.same(refusals('device/a b/config', JSON.stringify(device)), ['topic: device/a b/config'])
})

t.test('ids stay the same for ever, and differ between services at one broker', async t => {
  const { components } = serviceDevice(about)
  t.match(components.watts, {
    unique_id: 'home/squint/watts',
    default_entity_id: 'sensor.home_squint_watts',
  })
  const camera = cameraDevice(about, 'porch', places).components
  t.match(camera['path-person-occupancy'], {
    unique_id: 'home/squint/porch/path-person-occupancy',
    default_entity_id: 'binary_sensor.home_squint_porch_path_person_occupancy',
    name: 'Path person occupancy',
  })
  t.match(camera['all-occupancy'], { name: 'Occupancy' })
  t.match(camera['traffic_light-snapshot'], {
    image_topic: 'home/squint/porch/traffic_light/snapshot',
    enabled_by_default: false,
  })
})

t.test('without pictures of events there are no entities for them', async t => {
  const { components } = cameraDevice({ ...about, snapshots: false }, 'porch', places)
  t.notOk(Object.values(components).some(({ platform }) => platform === 'image'))
  t.ok(components.still)
})
