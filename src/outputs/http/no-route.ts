import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { SquintError } from '../../lib/errors.js'
import { problem, type Wording } from './problem.js'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Answers what no route answers: 405 with the methods that the path knows, or 404. */
export function noRoute(app: OpenAPIHono, context: Context, wording: Wording): Response {
  const { method, path } = context.req
  const known = METHODS.filter(other => hasRoute(app, other, path))
  if (known.length === 0) {
    const error = new SquintError('NOT_FOUND', 'expected a path of /openapi.json')
    return problem(context, error, wording)
  }
  const allowed = known.flatMap(known => (known === 'GET' ? ['GET', 'HEAD'] : [known]))
  context.header('Allow', allowed.join(', '))
  const error = new SquintError(
    'METHOD_NOT_ALLOWED',
    `method: expected ${allowed.join(' or ')}, found ${method}`,
  )
  return problem(context, error, wording)
}

/** What belongs to all methods is no route but a check on the way to one. */
function hasRoute({ router }: OpenAPIHono, method: string, path: string): boolean {
  const [handlers] = router.match(method, path)
  return handlers.some(([[, route]]) => route.method === method)
}
