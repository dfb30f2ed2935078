import { createHash } from 'node:crypto'
import { monotonicMs } from '../../lib/clock.js'
import { createPeerMemory } from './peers.js'

/** Different wrong tokens that a peer may show in a time: who mistypes one needs two or three. */
const MOST = 10
const PERIOD_MS = 60_000

interface Guess {
  readonly fingerprint: string
  readonly at: number
}

/** Wrong tokens of each peer, as far as they say that it guesses. What comes from this process (undefined) is not counted. */
export interface Attempts {
  /** Seconds until this peer is listened to again; 0: it is. */
  waitSeconds(peer: string | undefined): number
  /** A peer has shown a wrong token. The same one again is no other guess: a screen with an old cookie keeps asking with it. */
  wrong(peer: string | undefined, token: string): void
}

/** @param now milliseconds on a clock that never jumps */
export function createAttempts(now: () => number = monotonicMs): Attempts {
  const peers = createPeerMemory<readonly Guess[]>()
  const recent = (peer: string): readonly Guess[] =>
    (peers.get(peer) ?? []).filter(({ at }) => now() - at < PERIOD_MS)

  return {
    waitSeconds(peer) {
      const guesses = peer === undefined ? [] : recent(peer)
      const [oldest] = guesses
      if (oldest === undefined || guesses.length < MOST) return 0
      return Math.ceil((oldest.at + PERIOD_MS - now()) / 1000)
    },
    wrong(peer, token) {
      if (peer === undefined) return
      // a mistyped secret is nearly one, so it is not kept
      const fingerprint = createHash('sha256').update(token).digest('base64')
      const guesses = recent(peer)
      if (guesses.some(guess => guess.fingerprint === fingerprint)) return
      peers.set(peer, [...guesses, { fingerprint, at: now() }])
    },
  }
}
