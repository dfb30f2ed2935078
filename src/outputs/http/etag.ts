import { createHash } from 'node:crypto'
import type { Context } from 'hono'

/** A strong validator of these bytes. */
export function etagOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return `"${hash.digest('base64url').slice(0, 22)}"`
}

/** Whether the client says that it has this already (RFC 9110, 13.1.2). */
export function isKnown({ req }: Context, etag: string): boolean {
  const known = req.header('if-none-match')?.split(',') ?? []
  return known.some(tag => tag.trim().replace(/^W\//, '') === etag)
}
