import type { CameraEvent, EventChange } from '../event.js'

/** Which events are wanted; everything given must hold. */
export interface EventQuery {
  readonly camera?: string | undefined
  readonly label?: string | undefined
  /** Entered at any time. */
  readonly zone?: string | undefined
  /** Began at or after, and before (milliseconds since 1970). */
  readonly after?: number | undefined
  readonly before?: number | undefined
  /** Lasting ones only, or ended ones only. */
  readonly open?: boolean | undefined
  readonly minScore?: number | undefined
  /** At most so many. */
  readonly limit: number
  /** Goes on where another page ended: events older than the one of this id. */
  readonly cursor?: string | undefined
}

export interface EventPage {
  /** Newest first. */
  readonly events: readonly CameraEvent[]
  /** What to ask on with; null: there are no more. */
  readonly next: string | null
}

export interface JournalStatus {
  /** Kept, of them lasting. */
  readonly events: number
  readonly open: number
  /** On the disk, pictures included; null: it is only kept in memory. */
  readonly bytes: number | null
  /** Changes and pictures that could not be written when they came, since the start; most of them are written later. */
  readonly unwritten: number
  /** Lines and files that could not be read when the disk was last looked through. */
  readonly damaged: number
  /** Why nothing is written at the moment; null: all is well. */
  readonly error: string | null
}

/** What has happened, kept through restarts and power cuts, never growing beyond its bounds. */
export interface Journal {
  /** Takes a change; never blocks and never throws: what cannot be written is kept in memory, and counted. */
  add(change: EventChange): void
  /** Keeps a picture (JPEG) of an event, instead of the one before. Settles when it is written or given up. */
  keepSnapshot(id: string, jpeg: Uint8Array): Promise<void>
  list(query: EventQuery): EventPage
  find(id: string): CameraEvent | undefined
  /** The picture of an event (JPEG); undefined if none is kept. */
  snapshot(id: string): Promise<Uint8Array | undefined>
  status(): JournalStatus
  /** Writes what is not written yet. Safe to call twice. */
  close(): Promise<void>
}
