import { oneOf, shape } from '../client/guards.js'
import { ask } from './ask.js'

export type Role = 'viewer' | 'admin'

const isAccess = shape<{ readonly role: Role }>({
  role: oneOf<Role>({ viewer: true, admin: true }),
})

/** What this screen's token is good for; undefined: not known, as of a service that is not reached or knows no roles. */
export async function askRole(signal: AbortSignal): Promise<Role | undefined> {
  const answer = await ask('/api/access', isAccess, signal)
  return typeof answer === 'string' ? undefined : answer.role
}
