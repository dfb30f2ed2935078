import { createHash } from 'node:crypto'
import type { CameraEvent, EventChange } from '../../events/event.js'
import type { Box } from '../../lib/box.js'
import { wallMsOf } from '../../lib/clock.js'
import { round } from '../../lib/round.js'

/** Corners in pixels: left, top, right, bottom. */
export type Corners = readonly [x1: number, y1: number, x2: number, y2: number]

/**
 * An event as Frigate tells it (`TrackedObject.to_dict` of its source). What nobody here knows is told as what it is: no clip, no sub-label, no
 * attributes. Frigate's estimates of speed are left out.
 */
export interface FrigateEvent {
  readonly id: string
  readonly camera: string
  /** Seconds since 1970, as all times here. */
  readonly frame_time: number
  readonly snapshot: FrigateSnapshot | null
  readonly label: string
  readonly sub_label: null
  readonly top_score: number
  readonly false_positive: boolean
  readonly start_time: number
  readonly end_time: number | null
  readonly score: number
  readonly box: Corners
  /** Square pixels. */
  readonly area: number
  /** Width of the box by its height. */
  readonly ratio: number
  /** What was looked at: always the whole picture. */
  readonly region: Corners
  readonly active: boolean
  readonly stationary: boolean
  /** 0, or 1 for "some": frames without motion are not counted. */
  readonly motionless_count: number
  readonly position_changes: number
  readonly current_zones: readonly string[]
  readonly entered_zones: readonly string[]
  readonly has_clip: false
  readonly has_snapshot: boolean
  readonly attributes: Readonly<Record<string, never>>
  readonly current_attributes: readonly never[]
  readonly thumbnail: null
}

interface FrigateSnapshot {
  readonly frame_time: number
  readonly box: Corners
  readonly area: number
  readonly region: Corners
  readonly score: number
  readonly attributes: readonly never[]
}

export interface FrigateChange {
  readonly type: 'new' | 'update' | 'end'
  readonly before: FrigateEvent
  readonly after: FrigateEvent
}

export function frigateChange({ type, event, before }: EventChange): FrigateChange {
  const after = frigateEvent(event)
  return {
    type: type === 'start' ? 'new' : type,
    before: before === null ? unseen(after) : frigateEvent(before),
    after,
  }
}

/** The object before it was anybody's event. Frigate's clients compare, and expect no null. */
function unseen(event: FrigateEvent): FrigateEvent {
  return {
    ...event,
    snapshot: null,
    top_score: 0,
    false_positive: true,
    position_changes: 0,
    current_zones: [],
    entered_zones: [],
    has_snapshot: false,
  }
}

export function frigateEvent(event: CameraEvent): FrigateEvent {
  const { best, endedAt, stationary, label, camera } = event
  const { width, height } = best
  const region: Corners = [0, 0, width, height]
  const pixels = (box: Box) => cornersOf(box, width, height)
  const box = pixels(event.box)
  return {
    id: frigateId(event),
    camera,
    frame_time: seconds(event.updatedAt),
    snapshot: {
      frame_time: seconds(best.at),
      box: pixels(best.box),
      area: areaOf(pixels(best.box)),
      region,
      score: best.score,
      attributes: [],
    },
    label,
    sub_label: null,
    top_score: event.score,
    false_positive: false,
    start_time: seconds(event.startedAt),
    end_time: endedAt === null ? null : seconds(endedAt),
    score: event.score,
    box,
    area: areaOf(box),
    ratio: round((box[2] - box[0]) / Math.max(1, box[3] - box[1]), 2),
    region,
    active: !stationary,
    stationary,
    motionless_count: stationary ? 1 : 0,
    position_changes: event.moves,
    current_zones: event.zones,
    entered_zones: event.enteredZones,
    has_clip: false,
    has_snapshot: event.hasSnapshot,
    attributes: {},
    current_attributes: [],
    thumbnail: null,
  }
}

/** `<seconds>.<microseconds>-<six letters or digits>`, the same for the same event. */
export function frigateId({ id, startedAt }: Pick<CameraEvent, 'id' | 'startedAt'>): string {
  const digest = createHash('sha256').update(id).digest()
  const letters = [...digest.subarray(0, 6)].map(byte => (byte % 36).toString(36)).join('')
  return `${seconds(startedAt).toFixed(6)}-${letters}`
}

function seconds(iso: string): number {
  return wallMsOf(iso) / 1000
}

function cornersOf(box: Box, width: number, height: number): Corners {
  const left = Math.round(box.x * width)
  const top = Math.round(box.y * height)
  return [
    left,
    top,
    Math.round((box.x + box.width) * width),
    Math.round((box.y + box.height) * height),
  ]
}

function areaOf([x1, y1, x2, y2]: Corners): number {
  return (x2 - x1) * (y2 - y1)
}
