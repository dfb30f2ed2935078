import { backoff } from '../../lib/backoff.js'
import { monotonicMs } from '../../lib/clock.js'
import { codeOf, messageOf } from '../../lib/errors.js'
import { maskSecret, urlLabel } from '../../lib/mask.js'
import { createFeed, createPlacer, type Placement } from '../input.js'
import type { Detector } from '../session.js'
import type { Model } from '../zoo.js'
import { type Agreed, agree } from './agree.js'
import { createBreaker } from './breaker.js'
import { type FailureReason, reasonOf } from './failure.js'
import { createHttpClient } from './http.js'
import { createQuestions, expectYes, readOutputs } from './oip.js'
import type { RemoteStatus } from './status.js'

/** Which server to ask, and what it has. */
export interface RemoteSetup {
  readonly url: string
  /** The server's name for the network. */
  readonly name: string
  readonly version?: string | undefined
  readonly token?: string | undefined
  readonly timeoutMs: number
  /** The network, as our manifest describes it. */
  readonly model: Model
}

/** Waits for another machine. Meanwhile other pictures are looked at, in the same buffers. */
export type Wait = <T>(answer: Promise<T>) => Promise<T>

/** An expert on a server. */
export interface RemoteExpert extends Pick<Detector, 'model' | 'place'> {
  /** Whether it may be asked now; a no counts as a fall-back. It is tried again meanwhile, when the time has come. */
  admits(): boolean
  /** As a detector's, without blocking. Resolves with undefined, and counts a fall-back, if it gives no answer. */
  run(
    rgb: Uint8Array,
    placed: Placement,
    minScore: number,
    wait: Wait,
  ): Promise<Float32Array | undefined>
  close(): void
}

/** Waits between trials of a server that is down; a camera has its local expert meanwhile. */
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000] as const
/** A fleet's cameras must not all come back in the same moment. */
const JITTER = 0.3

/**
 * Speaks to a server of the Open Inference Protocol v2. Nothing is asked before the server has shown that it has the network; that is
 * found out beside the work, so that no picture waits for a server that is down.
 * @param onChange told of every change, counts included
 */
export function createRemoteExpert(
  { url, name, version, token, timeoutMs, model }: RemoteSetup,
  onChange: (status: RemoteStatus) => void,
  retryMs: readonly [number, ...number[]] = RETRY_MS,
): RemoteExpert {
  const base = new URL(url)
  const http = createHttpClient({ base, token })
  const questions = createQuestions(name, version)
  const breaker = createBreaker({
    waits: backoff({ stepsMs: retryMs, jitter: JITTER }),
    now: monotonicMs,
  })
  const feed = createFeed(model.input)
  const failures: Record<FailureReason, number> = {
    timeout: 0,
    unreachable: 0,
    refused: 0,
    invalid: 0,
  }
  let requests = 0
  let fallbacks = 0
  let error: RemoteStatus['error'] = null
  let agreed: Agreed | undefined
  let closed = false

  /** A server may repeat in its own words what it was sent. */
  function failureOf(cause: unknown): RemoteStatus['error'] {
    return { code: codeOf(cause), message: maskSecret(messageOf(cause), token) }
  }

  function tell(): void {
    const state = breaker.state()
    const counts = { requests, failures: { ...failures }, fallbacks }
    onChange({ url: urlLabel(base), model: name, state, error, ...counts })
  }

  async function attempt(): Promise<void> {
    try {
      agreed = await agree(model, questions, http, timeoutMs)
      error = null
      breaker.tried(true)
    } catch (cause) {
      error = failureOf(cause)
      breaker.tried(false)
    }
    if (!closed) tell()
  }

  function tryAgain(): void {
    if (!breaker.tries()) return
    tell()
    void attempt()
  }

  const look: RemoteExpert['run'] = async (rgb, placed, minScore, wait) => {
    try {
      const answer = await wait(http.ask(agreed!.question(feed(rgb, placed)), timeoutMs))
      expectYes(answer, 'inference')
      const rows = agreed!.read(readOutputs(answer), minScore)
      error = null
      breaker.asked(true)
      return rows
    } catch (cause) {
      failures[reasonOf(cause)]++
      error = failureOf(cause)
      breaker.asked(false)
      return undefined
    }
  }

  tryAgain()
  return {
    model,
    place: createPlacer(model.input),
    admits() {
      if (breaker.state() === 'closed') return true
      fallbacks++
      tryAgain()
      tell()
      return false
    },
    async run(rgb, placed, minScore, wait) {
      requests++
      const rows = await look(rgb, placed, minScore, wait)
      if (rows === undefined) fallbacks++
      tell()
      return rows
    },
    close() {
      closed = true
      http.close()
    },
  }
}
