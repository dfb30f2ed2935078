import type { ErrorCode } from '../../lib/errors.js'
import type { BreakerState } from './breaker.js'
import type { FailureReason } from './failure.js'

/** How asking an expert elsewhere goes. */
export interface RemoteStatus {
  /** Its address, without secrets. */
  readonly url: string
  /** Its name for the model. */
  readonly model: string
  /** `closed`: it is asked; `open`: it is left alone for a while; `half-open`: it is being tried. */
  readonly state: BreakerState
  /** What went wrong last; null once it has answered again, or if nothing did. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null
  /** Pictures that it was asked about, those that failed, and those that the local expert looked at instead. */
  readonly requests: number
  readonly failures: Readonly<Record<FailureReason, number>>
  readonly fallbacks: number
}

/** Whether people should be told: it is asked again, it is asked no more, or for another reason than before. */
export function isNews(before: RemoteStatus, after: RemoteStatus): boolean {
  const isAsked = after.state === 'closed'
  if (isAsked !== (before.state === 'closed')) return true
  return !isAsked && after.error !== null && after.error.message !== before.error?.message
}
