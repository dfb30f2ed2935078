import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Place } from './layer.js'

export interface OccupancyOptions {
  places(): readonly Place[]
  tell(topic: string, count: number): void
  /** Milliseconds that a smaller number waits at most, lest doors close between two events; a greater one is told at once. */
  readonly settleMs?: number
}

/** How many objects are present, where: those of lasting events, which have fulfilled their rules, and not what single frames show. */
export interface Occupancy {
  take(change: EventChange): void
  /** Tells the number of every place. */
  tellAll(): void
  close(): void
}

export function createOccupancy(options: OccupancyOptions): Occupancy {
  const { places, tell, settleMs = 500 } = options
  const present = new Map<string, CameraEvent>()
  const told = new Map<string, number>()
  let settling: NodeJS.Timeout | undefined

  function count({ camera, zone, label, active }: Place): number {
    let objects = 0
    for (const event of present.values()) {
      const here =
        (camera === null || event.camera === camera) &&
        (zone === null || event.zones.includes(zone)) &&
        (label === null || event.label === label) &&
        !(active && event.stationary)
      if (here) objects += 1
    }
    return objects
  }

  function tellCount(topic: string, objects: number): void {
    told.set(topic, objects)
    tell(topic, objects)
  }

  function tellAll(): void {
    clearTimeout(settling)
    settling = undefined
    told.clear()
    for (const place of places()) tellCount(place.topic, count(place))
  }

  return {
    take({ type, event }) {
      if (type === 'end') present.delete(event.id)
      else present.set(event.id, event)
      for (const place of places()) {
        if (place.camera !== null && place.camera !== event.camera) continue
        const objects = count(place)
        if (objects > (told.get(place.topic) ?? -1)) tellCount(place.topic, objects)
      }
      settling ??= setTimeout(tellAll, settleMs).unref()
    },
    tellAll,
    close: () => clearTimeout(settling),
  }
}
