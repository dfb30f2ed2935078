import { createHash, timingSafeEqual } from 'node:crypto'
import type { HonoRequest, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { SquintError } from '../../lib/errors.js'
import { isForm, readForm } from './body.js'

export const COOKIE = 'squint_token'
/** A screen on a wall keeps it when it is switched off; browsers keep none for longer than 400 days. */
const COOKIE_SECONDS = 400 * 86_400
/** What a supervisor must reach without a secret. */
export const OPEN: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

/**
 * Lets in who knows the token: as `Authorization: Bearer`, as the password of `Authorization: Basic` (players know no other way),
 * or by opening `/?token=` once, which leaves a cookie that pictures and WebSockets carry too.
 * @param elsewhere where the clients of other services put it, on the routes made for them
 */
export function requireToken(
  token: string,
  elsewhere: (request: HonoRequest) => Promise<string | undefined>,
): MiddlewareHandler {
  const expected = digest(token)
  const knows = (given: string | undefined): boolean =>
    given !== undefined && timingSafeEqual(digest(given), expected)

  return async function checkToken(context, next) {
    if (OPEN.has(context.req.path)) return next()
    const asked = context.req.query('token')
    if (context.req.path === '/' && knows(asked)) {
      setCookie(context, COOKIE, token, {
        httpOnly: true,
        sameSite: 'Strict',
        path: '/',
        maxAge: COOKIE_SECONDS,
      })
      return context.redirect(withoutToken(context.req.url))
    }
    const authorization = context.req.header('authorization')
    if (knows(secretOf(authorization)) || knows(getCookie(context, COOKIE))) return next()
    if (knows(await elsewhere(context.req))) return next()
    throw new SquintError(
      'UNAUTHORIZED',
      'expected a token: Authorization: Bearer, or open /?token= once',
    )
  }
}

/** The same page, so that what else was asked for (`?kiosk`) stays. */
function withoutToken(url: string): string {
  const { searchParams } = new URL(url)
  searchParams.delete('token')
  return searchParams.size === 0 ? '/' : `/?${searchParams}`
}

function secretOf(authorization: string | undefined): string | undefined {
  const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return authorization?.replace(/^Bearer /i, '')
  return Buffer.from(basic, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

/** DeepStack's clients send their key as a field of the form. Rejects with REQUEST_INVALID. */
export async function formKey(request: HonoRequest): Promise<string | undefined> {
  if (!isForm(request)) return undefined
  const { api_key: key } = await readForm(request)
  return typeof key === 'string' ? key : undefined
}

/** Equal lengths, so that comparing takes the same time for every guess. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
