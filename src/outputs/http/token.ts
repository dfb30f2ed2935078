import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, HonoRequest } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { isForm, readForm } from './body.js'
import type { Role } from './roles.js'

export const COOKIE = 'squint_token'
/** A screen on a wall keeps it when it is switched off; browsers keep none for longer than 400 days. */
const COOKIE_SECONDS = 400 * 86_400

/** What a token stands for; undefined: it is a wrong one. */
export type RoleOf = (token: string) => Role | undefined

/** Knows the tokens of the configuration. How long it takes says nothing of them. */
export function createTokens(token: string, viewerToken?: string): RoleOf {
  const admin = digest(token)
  // where there is none, it is one that nobody knows
  const viewer = digest(viewerToken ?? randomBytes(32))
  return given => {
    const shown = digest(given)
    const [isAdmin, isViewer] = [timingSafeEqual(shown, admin), timingSafeEqual(shown, viewer)]
    if (isAdmin) return 'admin'
    return isViewer ? 'viewer' : undefined
  }
}

/**
 * The tokens that a request shows: `Authorization: Bearer`, the password of `Authorization: Basic` (players know no other way), the
 * cookie that `/?token=` leaves, and that itself.
 */
export function shownTokens(context: Context): readonly string[] {
  const { req } = context
  const asked = req.path === '/' ? req.query('token') : undefined
  const shown = [asked, secretOf(req.header('authorization')), getCookie(context, COOKIE)]
  return shown.filter(token => token !== undefined)
}

/** Leaves the token as a cookie, which pictures and WebSockets carry too, and takes it out of the address. */
export function keepToken(context: Context, token: string): Response {
  const url = new URL(context.req.url)
  setCookie(context, COOKIE, token, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: url.protocol === 'https:',
    path: '/',
    maxAge: COOKIE_SECONDS,
  })
  // what else was asked for (`?kiosk`) stays
  url.searchParams.delete('token')
  return context.redirect(url.searchParams.size === 0 ? '/' : `/?${url.searchParams}`)
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
function digest(secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest()
}
