/** Every error that leaves a part carries one of these codes; callers test the code, never the message. */
const HTTP_STATUS = {
  BODY_TOO_LARGE: 413,
  BUSY: 503,
  CAMERA_FAILED: 502,
  CAMERA_STALLED: 504,
  CAMERA_UNKNOWN: 404,
  CLOSED: 503,
  CONFIG_INVALID: 400,
  EVENT_UNKNOWN: 404,
  FORBIDDEN: 403,
  FRAME_STALE: 503,
  HOST_UNKNOWN: 421,
  INFERENCE_FAILED: 500,
  INTERNAL: 500,
  METER_MISSING: 500,
  METER_SILENT: 503,
  METHOD_NOT_ALLOWED: 405,
  MODEL_HASH: 500,
  MODEL_INVALID: 500,
  MODEL_MISSING: 500,
  NO_FRAME: 503,
  NOT_FOUND: 404,
  PICTURE_BROKEN: 400,
  PICTURE_TOO_LARGE: 413,
  PICTURE_UNSUPPORTED: 415,
  PORT_BUSY: 500,
  REMOTE_FAILED: 502,
  REQUEST_INVALID: 400,
  STATE_UNWRITABLE: 507,
  TOOL_MISSING: 500,
  TOO_MANY_REQUESTS: 429,
  UNAUTHORIZED: 401,
} as const

export type ErrorCode = keyof typeof HTTP_STATUS

const isCode = (text: string): text is ErrorCode => text in HTTP_STATUS

export const ERROR_CODES: readonly ErrorCode[] = Object.keys(HTTP_STATUS).filter(isCode)

/** An error with a code from the table; `status` is the HTTP status that it maps to. */
export class SquintError extends Error {
  override readonly name = 'SquintError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get status(): (typeof HTTP_STATUS)[ErrorCode] {
    return HTTP_STATUS[this.code]
  }
}

/** The code of any thrown value: its own if it is ours, else INTERNAL. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof SquintError ? error.code : 'INTERNAL'
}

/** Says where in a long piece of work an error arose; its code stays. */
export async function located<T>(place: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw new SquintError(codeOf(cause), `${place}: ${messageOf(cause)}`, { cause })
  })
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
