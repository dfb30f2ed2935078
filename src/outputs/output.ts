import type { CameraEvent, EventChange } from '../events/event.js'
import type { Result } from '../events/result.js'

/** Results in: what every way out of the service looks like to the pipeline. */
export interface Output {
  readonly name: string
  /** Takes one result; never blocks and never throws. */
  publish(result: Result): void
  /** Takes what began, changed or ended; never blocks and never throws. */
  happened?(change: EventChange): void
  /** Takes an event, ended or not, of which a better picture is kept now; never blocks and never throws. */
  pictured?(event: CameraEvent): void
  /** Says goodbye to whoever listens. Safe to call twice. */
  close(): Promise<void>
}
