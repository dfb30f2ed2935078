import { messageOf, SquintError } from '../../lib/errors.js'

/**
 * Why a server gave no answer: `timeout` (too slow, or silent), `unreachable` (no connection, or one that broke), `refused` (it said
 * no: an HTTP status but 200, a redirect among them), `invalid` (it answered what the protocol or our decoder cannot read).
 */
export const FAILURE_REASONS = ['timeout', 'unreachable', 'refused', 'invalid'] as const

export type FailureReason = (typeof FAILURE_REASONS)[number]

/** REMOTE_FAILED, with its reason. */
export class RemoteFailure extends SquintError {
  readonly reason: FailureReason

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super('REMOTE_FAILED', message, options)
    this.reason = reason
  }
}

/** The reason of any thrown value: what is not of the connection lies in what was answered. */
export function reasonOf(error: unknown): FailureReason {
  return error instanceof RemoteFailure ? error.reason : 'invalid'
}

/** Whatever a connection throws, as a failure. */
export function brokenConnection(error: unknown): RemoteFailure {
  if (error instanceof RemoteFailure) return error
  return new RemoteFailure('unreachable', messageOf(error), { cause: error })
}
