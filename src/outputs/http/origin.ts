import type { Context, MiddlewareHandler } from 'hono'
import { SquintError } from '../../lib/errors.js'

/**
 * Throws FORBIDDEN if a page of another site asks: it would otherwise lend itself the user's loopback, or the user's cookie. Programs
 * name no origin and pass.
 */
export function refuseForeignPage({ req }: Context): void {
  const origin = req.header('origin')
  if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== req.header('host')) {
    throw new SquintError('FORBIDDEN', 'origin: expected the page of this service, found another')
  }
}

/** The same for every request that could change something. */
export const ownPagesOnly: MiddlewareHandler = async (context, next) => {
  const { method } = context.req
  if (method !== 'GET' && method !== 'HEAD') refuseForeignPage(context)
  return next()
}
