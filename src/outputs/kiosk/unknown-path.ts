import { isText, shape } from '../client/guards.js'

const isProblem = shape<{ readonly code: string }>({ code: isText })

/**
 * Whether an answer of 404 is a service's that has no such path. A camera that has just gone is not found either, and a proxy says so
 * of a service that starts again: both are asked again.
 */
export async function isUnknownPath(response: Pick<Response, 'json'>): Promise<boolean> {
  const body: unknown = await response.json().catch(() => undefined)
  return isProblem(body) && body.code === 'NOT_FOUND'
}
