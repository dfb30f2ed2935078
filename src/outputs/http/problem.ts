import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type ErrorCode, SquintError } from '../../lib/errors.js'

/** An error as RFC 9457 describes it, with our code beside it. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: SquintError['status']
  readonly code: ErrorCode
  readonly detail: string
}

/** Says in a body what went wrong, as the clients of its routes expect it. */
export type Wording = (problem: Problem) => {
  readonly body: object
  readonly type: string
}

export const asProblem: Wording = body => ({ body, type: 'application/problem+json' })

/** Answers with a problem. What went wrong inside stays inside: a 5xx says its code and no more. */
export function problem(context: Context, error: unknown, wording: Wording = asProblem): Response {
  const known = error instanceof SquintError ? error : new SquintError('INTERNAL', 'unexpected')
  const { code, status } = known
  const { body, type } = wording({
    type: 'about:blank',
    title: code.toLowerCase().replaceAll('_', ' '),
    status,
    code,
    detail: status === 500 ? 'the service could not answer; its log says why' : known.message,
  })
  if (code === 'BUSY' || code === 'NO_FRAME') context.header('Retry-After', '1')
  if (code === 'UNAUTHORIZED') context.header('WWW-Authenticate', challengeOf(context.req.path))
  return context.body(JSON.stringify(body), status, { 'Content-Type': type })
}

/** Players (ffmpeg) send the password of their URL only where they are asked for it; elsewhere a browser would ask people. */
function challengeOf(path: string): string {
  return /\/(frame\.jpeg|stream\.mjpeg)$/.test(path) ? 'Basic realm="squint", Bearer' : 'Bearer'
}

/** What the first thing is that a request got wrong. */
export function invalidRequest({ issues: [issue] }: z.ZodError): SquintError {
  return new SquintError('REQUEST_INVALID', `${issue?.path.join('.')}: ${issue?.message}`)
}

/** Takes what the schema takes. Throws REQUEST_INVALID. */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error)
}
