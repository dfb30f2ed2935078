/**
 * What Home Assistant is told of this service: one message per device, with all of its entities.
 *
 * @see https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload (Home Assistant 2024.12 and newer)
 */
import { type CameraPlace, plain } from './topics.js'

/** Keys and values as Home Assistant documents them; `platform` says which of them an entity may have. */
export type Component = Readonly<
  Record<string, string | number | boolean | readonly string[] | null>
> & { readonly platform: string }

export interface DeviceDiscovery {
  readonly device: {
    readonly identifiers: readonly string[]
    readonly name: string
    readonly manufacturer: string
    readonly model: string
    readonly sw_version: string
    readonly via_device?: string
  }
  readonly origin: { readonly name: string; readonly sw_version: string }
  readonly availability: readonly { readonly topic: string }[]
  readonly availability_mode: 'all'
  readonly qos: 1
  readonly components: Readonly<Record<string, Component>>
}

export interface DiscoveryOptions {
  readonly prefix: string
  readonly version: string
  /** Pictures of events are published. */
  readonly snapshots: boolean
}

/** Identifies this service's device, and begins the identifiers of its cameras'. */
export function nodeOf(prefix: string): string {
  return prefix.replaceAll('/', '_')
}

export function cameraDeviceId(prefix: string, camera: string): string {
  return `${nodeOf(prefix)}_cam_${camera}`
}

/** An entity, but for what all have in common. */
interface Entity {
  readonly platform: string
  readonly name: string
  readonly [key: string]: string | number | boolean | readonly string[]
}

/** Gives entities what they need to be told apart for ever: the topic space is unique at its broker. */
function components(scope: string, entities: ReadonlyMap<string, Entity>) {
  return Object.fromEntries(
    [...entities].map(([key, entity]) => [
      key,
      {
        ...entity,
        unique_id: `${scope}/${key}`,
        default_entity_id: `${entity.platform}.${plain(scope)}_${plain(key)}`,
      },
    ]),
  )
}

const value = (key: string) => `{{ value_json.${key} }}`
const measured = { state_class: 'measurement' }
const diagnostic = { entity_category: 'diagnostic' }

/** The device of the service itself. */
export function serviceDevice({ prefix, version }: DiscoveryOptions): DeviceDiscovery {
  const watts = { ...measured, device_class: 'power', unit_of_measurement: 'W' }
  const stats = { state_topic: `${prefix}/stats` }
  const sensor = { platform: 'sensor', ...stats, suggested_display_precision: 2 }
  const entities = new Map<string, Entity>([
    ['watts', { ...sensor, name: 'Power above idle', ...watts, value_template: value('watts') }],
    ['meter-watts', { ...sensor, name: 'Power', ...watts, value_template: value('meterWatts') }],
    [
      'celsius',
      {
        ...sensor,
        ...measured,
        ...diagnostic,
        name: 'Temperature',
        device_class: 'temperature',
        unit_of_measurement: '°C',
        value_template: value('celsius'),
      },
    ],
    [
      'throttled',
      {
        platform: 'binary_sensor',
        ...stats,
        ...diagnostic,
        name: 'Throttled',
        device_class: 'problem',
        value_template: "{{ {true: 'ON', false: 'OFF'}.get(value_json.throttled, 'None') }}",
      },
    ],
    [
      'budget',
      {
        platform: 'switch',
        name: 'Energy budget',
        icon: 'mdi:leaf',
        entity_category: 'config',
        command_topic: `${prefix}/budget/set`,
        state_topic: `${prefix}/budget/state`,
      },
    ],
    [
      'budget-watts',
      {
        platform: 'number',
        name: 'Energy budget power',
        device_class: 'power',
        unit_of_measurement: 'W',
        entity_category: 'config',
        command_topic: `${prefix}/budget/watts/set`,
        state_topic: `${prefix}/budget/watts/state`,
        min: 0.01,
        max: 1000,
        step: 0.01,
        mode: 'box',
      },
    ],
  ])
  return {
    device: about(prefix, version, nodeOf(prefix), 'vision service'),
    origin: { name: 'squint', sw_version: version },
    availability: [{ topic: `${prefix}/available` }],
    availability_mode: 'all',
    qos: 1,
    components: components(prefix, entities),
  }
}

/** The device of a camera. */
export function cameraDevice(
  { prefix, version, snapshots }: DiscoveryOptions,
  camera: string,
  places: readonly CameraPlace[],
): DeviceDiscovery {
  const root = `${prefix}/${camera}`
  const entities = new Map<string, Entity>([
    ...places.flatMap(placeEntities),
    ['still', { platform: 'camera', name: 'Picture', topic: `${root}/still` }],
    [
      'take-still',
      {
        platform: 'button',
        name: 'Take picture',
        icon: 'mdi:camera',
        command_topic: `${root}/still/set`,
      },
    ],
    ['event', eventEntity(prefix, camera)],
    [
      'detection',
      {
        platform: 'switch',
        name: 'Detection',
        icon: 'mdi:motion-sensor',
        entity_category: 'config',
        command_topic: `${root}/detection/set`,
        state_topic: `${root}/detection/state`,
      },
    ],
    // no device class: Home Assistant's energy knows no mJ, and only totals
    ['energy', rate(root, 'Energy per frame', 'millijoulesPerFrame', 'mJ', 'mdi:leaf')],
    ['fps', rate(root, 'Frame rate', 'fps', 'fps', 'mdi:speedometer')],
    ...(snapshots ? [snapshotEntity(root, null), ...places.flatMap(labelSnapshot)] : []),
  ])
  return {
    device: {
      ...about(camera, version, cameraDeviceId(prefix, camera), 'camera'),
      via_device: nodeOf(prefix),
    },
    origin: { name: 'squint', sw_version: version },
    availability: [{ topic: `${prefix}/available` }, { topic: `${root}/available` }],
    availability_mode: 'all',
    qos: 1,
    components: components(root, entities),
  }
}

function about(name: string, version: string, identifier: string, model: string) {
  return { identifiers: [identifier], name, manufacturer: 'squint', model, sw_version: version }
}

function rate(root: string, name: string, key: string, unit: string, icon: string): Entity {
  return {
    platform: 'sensor',
    ...measured,
    ...diagnostic,
    name,
    icon,
    unit_of_measurement: unit,
    state_topic: `${root}/stats`,
    value_template: value(key),
    suggested_display_precision: 1,
  }
}

/** Whether anything is there, and how many. */
function placeEntities({ topic, zone, word, label }: CameraPlace): [string, Entity][] {
  const titled = (what: string) => {
    const words = [zone, label, what].filter(name => name !== null).join(' ')
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
  }
  const key = zone === null ? word : `${zone}-${word}`
  return [
    [
      `${key}-occupancy`,
      {
        platform: 'binary_sensor',
        name: titled('occupancy'),
        device_class: 'occupancy',
        state_topic: topic,
        value_template: "{{ 'ON' if value | int(0) > 0 else 'OFF' }}",
      },
    ],
    [
      `${key}-count`,
      {
        platform: 'sensor',
        ...measured,
        name: titled('count'),
        icon: 'mdi:counter',
        state_topic: topic,
        enabled_by_default: false,
      },
    ],
  ]
}

function snapshotEntity(root: string, label: string | null, word?: string): [string, Entity] {
  const name = label === null ? 'Last event' : `Last ${label}`
  const topic = word === undefined ? `${root}/snapshot` : `${root}/${word}/snapshot`
  return [
    word === undefined ? 'snapshot' : `${word}-snapshot`,
    {
      platform: 'image',
      name,
      image_topic: topic,
      content_type: 'image/jpeg',
      enabled_by_default: label === null,
    },
  ]
}

function labelSnapshot({ topic, zone, label, word }: CameraPlace): [string, Entity][] {
  if (zone !== null || label === null) return []
  return [snapshotEntity(topic.slice(0, -word.length - 1), label, word)]
}

/** Beginnings and ends; updates would only fill the logbook. */
function eventEntity(prefix: string, camera: string): Entity {
  const told = [
    "'event_type': value_json.type",
    ...['id', 'label', 'score', 'zones'].map(key => `'${key}': value_json.event.${key}`),
  ]
  const wanted = `value_json.event.camera == '${camera}' and value_json.type != 'update'`
  return {
    platform: 'event',
    name: 'Event',
    event_types: ['start', 'end'],
    state_topic: `${prefix}/events`,
    value_template: `{{ {${told.join(', ')}} | to_json if ${wanted} else '' }}`,
  }
}
