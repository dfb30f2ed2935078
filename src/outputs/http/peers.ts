import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'

/** Peers that are remembered; whoever asked longest ago is forgotten first. */
const MAX_PEERS = 1000
/**
 * Requests per second that go on for ever, and at once: no client that has a use for the answers comes near. Behind a proxy all clients
 * are one peer; a page with four cameras asks for less than two a second, and of pages there can be 64.
 */
const RATE = { perSecond: 500, burst: 1000 }

/**
 * The address at the other end of the line, whatever headers say: who writes them may be anybody. Undefined: no line, the request comes
 * from this process. An IPv4 address is the same however the socket writes it.
 */
export function peerOf({ env }: Context): string | undefined {
  const { incoming }: Partial<HttpBindings> = env ?? {}
  return incoming && addressOf(incoming.socket)
}

/** The address at the other end of a socket. */
export function addressOf({ remoteAddress = 'gone' }: { remoteAddress?: string | undefined }) {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** What is known of each peer, of so many at most. */
export interface PeerMemory<T> {
  get(peer: string): T | undefined
  /** Makes it the last to be forgotten. */
  set(peer: string, known: T): void
}

export function createPeerMemory<T>(most = MAX_PEERS): PeerMemory<T> {
  const peers = new Map<string, T>()
  return {
    get: peer => peers.get(peer),
    set(peer, known) {
      peers.delete(peer)
      peers.set(peer, known)
      for (const oldest of peers.keys()) {
        if (peers.size <= most) break
        peers.delete(oldest)
      }
    },
  }
}

export interface RateOptions {
  readonly perSecond?: number
  readonly burst?: number
  /** Milliseconds on a clock that never jumps. */
  now?(): number
}

/** Refuses a peer that asks more often with TOO_MANY_REQUESTS. */
export function limitRate(options: RateOptions = {}): MiddlewareHandler {
  const { perSecond = RATE.perSecond, burst = RATE.burst, now = monotonicMs } = options
  const buckets = createPeerMemory<{ readonly left: number; readonly at: number }>()
  return async function checkRate(context, next) {
    const peer = peerOf(context)
    if (peer === undefined) return next()
    const at = now()
    const bucket = buckets.get(peer) ?? { left: burst, at }
    const left = Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond)
    if (left < 1) {
      throw tooMany(context, `requests: expected at most ${perSecond} per second, found more`, 1)
    }
    buckets.set(peer, { left: left - 1, at })
    return next()
  }
}

/** A refusal that says when to come back. */
export function tooMany(context: Context, message: string, seconds: number): SquintError {
  context.header('Retry-After', `${seconds}`)
  return new SquintError('TOO_MANY_REQUESTS', `${message}; try again in ${seconds} s`)
}
