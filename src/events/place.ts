import type { Tracked } from '../cascade/detection.js'
import { footX, footY, isInside, isNear, type Point } from '../lib/polygon.js'
import type { TrackedDetection } from './result.js'
import type { Drawing } from './zones.js'

/** What has been in stays in until it stands outside by this share of its box's width or height: boxes tremble. */
const MARGIN = 0.15
/** A track that is missing for longer begins anew; trackers remember for as long (cascade/scene). */
const FORGET_MS = 3000
const NO_ZONES: readonly string[] = []

/** Says in which zones a camera's objects stand, and leaves out those that stand in a mask. */
export interface Placing {
  /** @param atMs capture time, monotonic milliseconds */
  place(detections: readonly Tracked[], atMs: number): readonly TrackedDetection[]
}

/** A zone, or a mask, which has no name. */
interface Area {
  readonly name: string
  readonly polygon: readonly Point[]
  readonly labels: ReadonlySet<string> | undefined
  readonly minMs: number
}

/** Where one track stands. */
interface Standing {
  /** Since when in each area, monotonic milliseconds; NaN: it is not. */
  readonly sinceMs: Float64Array
  /** 1: it counts there. */
  readonly counts: Uint8Array
  /** Names; the same list until one of them changes. */
  zones: readonly string[]
  seenMs: number
}

/** A drawing that changes needs a new one, which knows nothing of how long anybody has stood anywhere. */
export function createPlacing({ zones, masks }: Drawing): Placing {
  const areas: readonly Area[] = [
    ...zones.map(({ name, polygon, labels, minSeconds }) => ({
      name,
      polygon,
      labels: labels && new Set(labels),
      minMs: 1000 * minSeconds,
    })),
    ...masks.map(polygon => ({ name: '', polygon, labels: undefined, minMs: 0 })),
  ]
  const standings = new Map<number, Standing>()

  function standingOf(trackId: number, atMs: number): Standing {
    const known = standings.get(trackId)
    if (known !== undefined && atMs - known.seenMs <= FORGET_MS) return known
    const standing = {
      sinceMs: new Float64Array(areas.length).fill(Number.NaN),
      counts: new Uint8Array(areas.length),
      zones: NO_ZONES,
      seenMs: atMs,
    }
    standings.set(trackId, standing)
    return standing
  }

  /** Brings up to date where an object stands. */
  function stand({ label, box, trackId }: Tracked, atMs: number): Standing {
    const standing = standingOf(trackId, atMs)
    const { sinceMs, counts } = standing
    const x = footX(box)
    const y = footY(box)
    let changed = false
    for (let i = 0; i < areas.length; i++) {
      const { polygon, labels, minMs } = areas[i]!
      const wasIn = !Number.isNaN(sinceMs[i])
      const isIn =
        (labels === undefined || labels.has(label)) &&
        (isInside(polygon, x, y) ||
          (wasIn && isNear(polygon, x, y, MARGIN * box.width, MARGIN * box.height)))
      if (isIn !== wasIn) sinceMs[i] = isIn ? atMs : Number.NaN
      const count = isIn && atMs - sinceMs[i]! >= minMs ? 1 : 0
      changed ||= count !== counts[i]
      counts[i] = count
    }
    if (changed) standing.zones = zones.map(({ name }) => name).filter((_, i) => counts[i] === 1)
    standing.seenMs = atMs
    return standing
  }

  function forget(atMs: number): void {
    for (const [trackId, { seenMs }] of standings) {
      if (atMs - seenMs > FORGET_MS) standings.delete(trackId)
    }
  }

  return {
    place(detections, atMs) {
      if (areas.length === 0) return detections.map(detection => at(detection, NO_ZONES))
      const placed: TrackedDetection[] = []
      for (const detection of detections) {
        const standing = stand(detection, atMs)
        const masked = standing.counts.includes(1, zones.length)
        if (!masked) placed.push(at(detection, standing.zones))
      }
      if (standings.size > detections.length) forget(atMs)
      return placed
    },
  }
}

/** Named one by one: a spread takes several times as long. */
function at(
  { label, classId, score, box, trackId }: Tracked,
  zones: readonly string[],
): TrackedDetection {
  return { label, classId, score, box, trackId, zones }
}
