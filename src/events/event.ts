import type { Stage } from '../cascade/detection.js'
import type { Box } from '../lib/box.js'
import type { Result } from './result.js'

/** Letters, digits and hyphens only: it stands in URLs, topics and file names. Ids sort in the order in which events began. */
export const EVENT_ID = /^[a-z0-9][a-z0-9-]{7,39}$/

/** The moment in which an event was seen best; the picture that is kept shows it. */
export interface BestLook {
  /** Frame id, and when it was captured (ISO 8601). */
  readonly frame: number
  readonly at: string
  readonly score: number
  readonly box: Box
  /** Size of the whole picture in pixels. */
  readonly width: number
  readonly height: number
  /** Where looking at that frame stopped, and why. */
  readonly exit: Pick<Result['exit'], 'reason'> & { readonly stage: Stage }
}

/** One object's stay in front of one camera. */
export interface CameraEvent {
  readonly id: string
  readonly camera: string
  readonly label: string
  /** The track that shows it now; an object that was lost for a moment may come back under another. */
  readonly trackId: number
  /** ISO 8601. `endedAt` is null while it lasts. */
  readonly startedAt: string
  readonly updatedAt: string
  readonly endedAt: string | null
  /** Why it ended: the object went, its camera fell silent or was removed, detection was switched off, or the service was stopped or cut off. */
  readonly endedBy: 'gone' | 'camera' | 'off' | 'restart' | null
  /** The highest score so far, 0..1, and where the object was last seen. */
  readonly score: number
  readonly box: Box
  /** Zones it is in now, and all that it has been in, in order of entry. */
  readonly zones: readonly string[]
  readonly enteredZones: readonly string[]
  /** It has not moved away from its place for some seconds, however much its box trembles. */
  readonly stationary: boolean
  /** How often it has left a place. */
  readonly moves: number
  readonly best: BestLook
  /** Whether a picture of it is kept. */
  readonly hasSnapshot: boolean
}

/** Something happened: an event began, changed, or ended. */
export interface EventChange {
  readonly type: 'start' | 'update' | 'end'
  readonly event: CameraEvent
  /** As it was told last; null at the start. */
  readonly before: CameraEvent | null
}
