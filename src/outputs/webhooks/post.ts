import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { EventChange } from '../../events/event.js'
import { isoTime, wallMs, wallMsOf } from '../../lib/clock.js'
import { openLifetime } from '../../lib/lifetime.js'
import { maskUrls } from '../../lib/mask.js'
import { guardedRequest } from '../../lib/reach.js'
import type { WebhookConfig } from './config.js'
import type { Waiting } from './queue.js'
import { sign } from './signature.js'

/** Nobody may keep us waiting longer than this. */
const LONGEST_WAIT_MS = 600_000
/** What is worth asking again: the receiver says that it could not now. */
const PASSING = new Set([408, 429])

/** What is posted. */
export interface WebhookMessage extends EventChange {
  /** Of the delivery; the same for every try. */
  readonly id: string
  /** Of this try (ISO 8601). */
  readonly sentAt: string
  readonly service: { readonly version: string }
}

/** How one try went. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver will not have it, ever. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The receiver asks to be asked again, after `waitMs` at least. */
  | { readonly kind: 'busy'; readonly error: string; readonly waitMs: number }
  /** No answer. */
  | { readonly kind: 'silent'; readonly error: string }

export interface PostOptions {
  readonly hook: Pick<WebhookConfig, 'url' | 'secret'>
  readonly version: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** One try to deliver. Never rejects. Redirects are not followed and answers not read: the configured receiver alone is spoken to. */
export async function post(waiting: Waiting, options: PostOptions): Promise<Outcome> {
  const life = openLifetime(options.signal, options.timeoutMs)
  const outcome = await ask(waiting, options, life.signal)
  life.end()
  return outcome
}

async function ask(
  { id, change }: Waiting,
  { hook, version }: PostOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const url = new URL(hook.url)
  const nowMs = wallMs()
  const sentAt = isoTime(nowMs)
  const body = JSON.stringify({
    ...change,
    id,
    sentAt,
    service: { version },
  } satisfies WebhookMessage)
  const seconds = Math.floor(nowMs / 1000)
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    'User-Agent': `squint/${version}`,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    ...(hook.secret !== undefined && { 'webhook-signature': sign(hook.secret, id, seconds, body) }),
    ...(url.username !== '' && { Authorization: basic(url) }),
  }
  // they are in a header already
  url.username = ''
  url.password = ''
  try {
    const request = guardedRequest(url, { method: 'POST', headers, agent: false, signal })
    // once there is an answer, nothing that happens to the connection matters
    request.on('error', () => {})
    request.end(body)
    const [response]: IncomingMessage[] = await once(request, 'response')
    response!.destroy()
    return outcomeOf(response!)
  } catch (error) {
    return { kind: 'silent', error: reasonOf(error) }
  }
}

function outcomeOf({ statusCode: status = 0, headers }: IncomingMessage): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  const error = `answered ${status}`
  if (!PASSING.has(status) && status < 500) return { kind: 'refused', error }
  return { kind: 'busy', error, waitMs: waitOf(headers['retry-after'] ?? '') }
}

/** `Retry-After` comes in seconds or as a date. */
function waitOf(text: string): number {
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : wallMsOf(text) - wallMs()
  return Number.isNaN(wait) ? 0 : Math.min(LONGEST_WAIT_MS, Math.max(0, wait))
}

function basic({ username, password }: URL): string {
  const both = `${unescaped(username)}:${unescaped(password)}`
  return `Basic ${Buffer.from(both).toString('base64')}`
}

/** What is no escape stands for itself: an address may hold a password with a bare `%`. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** That of a time-out is in its cause, and several addresses that failed together have a code only. */
function reasonOf(error: unknown): string {
  const { cause, code, message } = Object(error)
  return maskUrls(String([Object(cause).message, message, code].find(Boolean)))
}
