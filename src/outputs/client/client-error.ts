/**
 * What can go wrong for a client. LOST: the line broke or could not be opened. SILENT: the service has said nothing for too long.
 * SUBSCRIBED: this client has subscribed to the camera already. CLOSED: the client was closed. Every other code is one that the
 * service sent, such as CAMERA_UNKNOWN.
 */
export type ClientErrorCode = 'LOST' | 'SILENT' | 'SUBSCRIBED' | 'CLOSED' | (string & {})

export class SquintClientError extends Error {
  override readonly name = 'SquintClientError'
  readonly code: ClientErrorCode

  constructor(code: ClientErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
