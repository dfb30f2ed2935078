import type { Camera } from '../../camera/camera.js'
import type { Cascade } from '../../cascade/cascade.js'
import type { Look } from '../../cascade/detection.js'
import type { EventQuery, Journal } from '../../events/journal/journal.js'
import type { Caption } from '../../frame/draw.js'
import type { PictureReport } from '../../power/picture-report.js'
import type { Controls } from '../controls.js'
import type { Decisions } from '../decisions.js'
import type { LatestResults } from '../latest.js'
import type { Live } from '../live.js'
import type { EventStream } from './event-stream.js'
import type { HistoryBody, StatsBody } from './schemas-stats.js'

export type { Caption }

/** Which events are wanted, however many there are. */
export type EventFilter = Omit<EventQuery, 'limit' | 'cursor'>

/** All that the routes know of the service behind them. */
export interface Services {
  readonly version: string
  readonly cameras: ReadonlyMap<string, Camera>
  readonly cascade: Pick<Cascade, 'detect' | 'networks'>
  readonly latest: Pick<LatestResults, 'latest' | 'next'>
  readonly decisions: Pick<Decisions, 'list'>
  readonly live: Live
  /** The same with boxes drawn in. */
  readonly boxed: Live
  readonly events: Pick<Journal, 'list' | 'find' | 'snapshot' | 'status'>
  readonly eventStream: Pick<EventStream, 'open'>
  /** Events as a COCO data set: pieces of one JSON text, made while they are read. */
  exportCoco(filter: EventFilter): AsyncIterable<string>
  readonly controls: Controls
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /**
   * A picture file with boxes drawn in, as JPEG. Rejects with a PICTURE_ code, or with BUSY when too many wait.
   * @param maxWidth pixels; left out: as wide as live pictures may be
   */
  annotate(
    picture: Uint8Array,
    captions: readonly Caption[],
    maxWidth?: number,
  ): Promise<Uint8Array>
  /** What is said of a look at an uploaded picture. */
  report(look: Look): PictureReport
  stats(): StatsBody
  /** The last complete seconds, of one camera or of all together. */
  history(seconds: number, camera?: string): HistoryBody
}
