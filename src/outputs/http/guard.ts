import type { Context, HonoRequest, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { SquintError } from '../../lib/errors.js'
import { createAttempts } from './attempts.js'
import { peerOf, tooMany } from './peers.js'
import { type Access, accessTo, demand, type Role, strictest } from './roles.js'
import { createTokens, keepToken, type RoleOf, shownTokens } from './token.js'

declare module 'hono' {
  interface ContextVariableMap {
    /** Of whoever asks; set on everything that is not public. */
    role: Role
  }
}

export interface GuardOptions {
  /** The admin's; left out: everybody is one. */
  readonly token?: string | undefined
  readonly viewerToken?: string | undefined
  /** Where the clients of other services put their token, on the routes made for them. */
  elsewhere(request: HonoRequest): Promise<string | undefined>
  /** Milliseconds on a clock that never jumps. */
  now?(): number
}

/**
 * Lets in whom the table of roles lets in. Without a token nobody learns what there is; who shows wrong ones is soon not listened to
 * any more, even with the right one, as guessing would go on otherwise.
 */
export function createGuard({
  token,
  viewerToken,
  elsewhere,
  now,
}: GuardOptions): MiddlewareHandler {
  const roleOf = token === undefined ? undefined : createTokens(token, viewerToken)
  const attempts = createAttempts(now)

  async function identify(context: Context, known: RoleOf): Promise<Role> {
    const peer = peerOf(context)
    const wait = attempts.waitSeconds(peer)
    if (wait > 0)
      throw tooMany(context, 'token: expected a right one, found too many wrong ones', wait)
    const shown = shownTokens(context)
    const role = roleAmong(shown, known)
    if (role !== undefined) return role
    const other = await elsewhere(context.req)
    const more = other === undefined ? [] : [other]
    const roleElsewhere = roleAmong(more, known)
    if (roleElsewhere !== undefined) return roleElsewhere
    for (const wrong of [...shown, ...more]) attempts.wrong(peer, wrong)
    throw new SquintError(
      'UNAUTHORIZED',
      'expected a token: Authorization: Bearer, or open /?token= once',
    )
  }

  return async function checkRole(context, next) {
    const access = accessOf(context)
    if (access === 'public') return next()
    const role = roleOf === undefined ? 'admin' : await identify(context, roleOf)
    demand(role, access)
    context.set('role', role)
    const asked = context.req.query('token')
    if (context.req.path === '/' && asked !== undefined && roleOf?.(asked) === role) {
      return keepToken(context, asked)
    }
    return next()
  }
}

function roleAmong(tokens: readonly string[], roleOf: RoleOf): Role | undefined {
  return tokens.map(roleOf).find(role => role !== undefined)
}

/** What is asked for, as the router itself understands it; where there is no such route, nobody without a token hears of it. */
function accessOf(context: Context): Access {
  const routes = matchedRoutes(context).filter(({ method }) => method !== 'ALL')
  if (routes.length === 0) return 'viewer'
  return strictest(
    routes.map(({ method, path }) => {
      const access = accessTo(method, path)
      if (access !== undefined) return access
      throw new SquintError(
        'FORBIDDEN',
        `${method} ${path}: expected a route of the table of roles`,
      )
    }),
  )
}
