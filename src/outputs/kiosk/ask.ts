import { type Guard, isText, shape } from '../client/guards.js'
import { isUnknownPath } from './unknown-path.js'

const TIMEOUT_MS = 10_000

/** `missing`: this service has no such thing, as older ones have not. */
export type Trouble = 'missing' | 'unreachable'

/** What the service says is wrong with what it was sent. */
export interface Refusal {
  readonly detail: string
}

const isRefusal = shape<Refusal>({ detail: isText })

/** What `GET` of a path answers; what the page does not understand is missing. */
export async function ask<T>(
  path: string,
  isAnswer: Guard<T>,
  signal: AbortSignal,
): Promise<T | Trouble> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const response = await fetch(path, { signal: limit, cache: 'no-store' })
    if (response.status === 404) return (await isUnknownPath(response)) ? 'missing' : 'unreachable'
    if (!response.ok) return 'unreachable'
    const body: unknown = await response.json()
    return isAnswer(body) ? body : 'missing'
  } catch {
    return 'unreachable'
  }
}

/** Changes what a path stands for; undefined: done. @param body as JSON; left out: none is sent */
export async function change(
  method: 'PUT' | 'DELETE',
  path: string,
  signal: AbortSignal,
  body?: unknown,
): Promise<Refusal | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers: Record<string, string> =
      body === undefined ? {} : { 'Content-Type': 'application/json' }
    const response = await fetch(path, { method, headers, signal: limit, ...sent })
    if (response.ok) return undefined
    const answer: unknown = await response.json()
    return isRefusal(answer) ? answer : { detail: `the service answered ${response.status}` }
  } catch {
    return { detail: 'the service could not be reached' }
  }
}
