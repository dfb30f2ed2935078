import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { SquintError } from '../../lib/errors.js'

const COOKIE = 'squint_token'
/** What a supervisor must reach without a secret. */
const OPEN = new Set(['/healthz', '/readyz'])

/**
 * Lets in who knows the token: as `Authorization: Bearer`, or by opening `/?token=` once, which leaves a cookie that
 * pictures and WebSockets carry too.
 */
export function requireToken(token: string): MiddlewareHandler {
  const expected = digest(token)
  const knows = (given: string | undefined): boolean =>
    given !== undefined && timingSafeEqual(digest(given), expected)

  return async function checkToken(context, next) {
    if (OPEN.has(context.req.path)) return next()
    const asked = context.req.query('token')
    if (context.req.path === '/' && knows(asked)) {
      setCookie(context, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' })
      return context.redirect('/')
    }
    const bearer = context.req.header('authorization')?.replace(/^Bearer /i, '')
    if (knows(bearer) || knows(getCookie(context, COOKIE))) return next()
    throw new SquintError(
      'UNAUTHORIZED',
      'expected a token: Authorization: Bearer, or open /?token= once',
    )
  }
}

/** Equal lengths, so that comparing takes the same time for every guess. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
