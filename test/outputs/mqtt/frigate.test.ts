/** Topics as frigate/comms/dispatcher.py and mqtt.py of Frigate use them and frigate-hass-integration reads them. */
import t from 'tap'
import { createFrigate } from '../../../src/outputs/mqtt/frigate.js'
import { eventFixture } from '../../fixtures/event.js'
import { mqttOptions, pathZone, statsFixture } from '../../fixtures/mqtt-sources.js'

async function start() {
  const { options, controls, log } = await mqttOptions({ url: 'mqtt://nowhere' })
  return { layer: createFrigate({ prefix: 'nvr', sources: options, log }), controls }
}

t.test('objects are counted for cameras and zones, moving ones apart', async t => {
  const { layer, controls } = await start()
  const [path] = pathZone.zones
  await controls.setDrawing('yard', {
    zones: [
      { ...path!, labels: ['dog+'] },
      { ...path!, name: 'porch' },
      { name: 'lawn', polygon: path!.polygon, minSeconds: 0 },
    ],
    masks: [],
  })
  const places = layer.places()
  t.same(
    places.find(({ topic }) => topic === 'nvr/path/dog_'),
    {
      topic: 'nvr/path/dog_',
      camera: null,
      zone: 'path',
      label: 'dog+',
      active: false,
    },
  )
  const topics = places.map(({ topic }) => topic).filter(topic => !topic.endsWith('/active'))
  t.same(topics, [
    ...['nvr/porch/all', 'nvr/porch/person', 'nvr/porch/traffic light'],
    ...['nvr/yard/all', 'nvr/yard/person', 'nvr/yard/traffic light'],
    ...['nvr/path/all', 'nvr/path/person', 'nvr/path/traffic light', 'nvr/path/dog_'],
    ...['nvr/lawn/all', 'nvr/lawn/person', 'nvr/lawn/traffic light'],
  ])
  t.equal(places.length, 2 * topics.length)
})

t.test('detection, presence, pictures and events have their topics', async t => {
  const { layer, controls } = await start()
  await controls.setDetection('yard', false)
  t.same(
    [...layer.states()],
    [
      ['nvr/porch/detect/state', 'ON'],
      ['nvr/yard/detect/state', 'OFF'],
    ],
  )
  t.equal(layer.presence('yard'), 'nvr/yard/status/detect')
  t.same(layer.pictures(eventFixture()), ['nvr/porch/person/snapshot'])
  t.equal(layer.still('porch'), undefined)
  t.match(layer.encode({ type: 'start', event: eventFixture(), before: null }), {
    topic: 'nvr/events',
    retain: false,
  })
})

t.test('statistics are the few that there are', async t => {
  const { layer } = await start()
  t.same(JSON.parse(layer.stats(statsFixture).get('nvr/stats')!), {
    cameras: {
      porch: {
        camera_fps: 14.9,
        process_fps: 9.876,
        detection_fps: 9.876,
        detection_enabled: true,
      },
      yard: { camera_fps: 0, process_fps: 0, detection_fps: 0, detection_enabled: true },
    },
    detectors: {},
    detection_fps: 9.876,
    service: { uptime: 12, version: '1.2.3' },
  })
})
