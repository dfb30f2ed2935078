import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type ErrorCode, SquintError } from '../../lib/errors.js'

/** An error as RFC 9457 describes it, with our code beside it. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
}

/** Answers with a problem. What went wrong inside stays inside: a 5xx says its code and no more. */
export function problem(context: Context, error: unknown): Response {
  const known = error instanceof SquintError ? error : new SquintError('INTERNAL', 'unexpected')
  const { code, status } = known
  const body: Problem = {
    type: 'about:blank',
    title: code.toLowerCase().replaceAll('_', ' '),
    status,
    code,
    detail: status === 500 ? 'the service could not answer; its log says why' : known.message,
  }
  if (code === 'BUSY' || code === 'NO_FRAME') context.header('Retry-After', '1')
  if (code === 'UNAUTHORIZED') context.header('WWW-Authenticate', 'Bearer')
  return context.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' })
}

/** What the first thing is that a request got wrong. */
export function invalidRequest({ issues: [issue] }: z.ZodError): SquintError {
  return new SquintError('REQUEST_INVALID', `${issue?.path.join('.')}: ${issue?.message}`)
}
