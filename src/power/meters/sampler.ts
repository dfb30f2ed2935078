import { messageOf, SquintError } from '../../lib/errors.js'
import { createRandom } from '../../lib/random.js'
import { sleep } from '../../lib/sleep.js'
import { within } from '../../lib/within.js'
import type { Meter, MeterStatus, Reading } from './meter.js'

/** After so many failures in a row, the meter is asked more rarely. */
const PATIENT_FAILURES = 10
const RARELY_MS = 5000
/** Longer than so many intervals between two readings is a gap. */
const GAP_INTERVALS = 3

export interface SamplerOptions {
  readonly meter: Meter
  /** Milliseconds between readings, on average. */
  readonly everyMs?: number
  /** Milliseconds that a reading may take. 1.25 * everyMs + timeoutMs is how long a meter's silence may stay unnoticed. */
  readonly timeoutMs?: number
  /** Ends it; the meter stays open. */
  readonly signal: AbortSignal
  /**
   * Gets every good reading, in order.
   * @param seconds since the previous one; 0 for the first one and after a gap, whose watts nobody knows
   */
  readonly onReading: (reading: Reading, seconds: number) => void
  /** Told when the meter has answered or failed for the first time, and from then on whenever that changes. */
  readonly onChange: (status: MeterStatus) => void
  /** 0 to below 1. */
  readonly random?: () => number
}

export interface Sampler {
  status(): MeterStatus
  /** Resolves when no reading is under way after `signal` has aborted, `timeoutMs` later at the latest; rejects with what a callback threw, which ends the sampling. */
  readonly ended: Promise<void>
}

/**
 * Reads a meter for as long as the service runs, and adds up its joules. The intervals vary by a quarter: in step with a camera, it
 * would see one phase of its work only. No failure of the meter rejects: it makes the meter silent, at once.
 */
export function createSampler(options: SamplerOptions): Sampler {
  const { meter, everyMs = 500, timeoutMs = 300, signal, onReading, onChange } = options
  const { random = createRandom(1) } = options
  let state: MeterStatus['state'] | undefined
  let reading: Reading | null = null
  let reason: string | null = 'it has not been read yet'
  let joules = 0
  let failures = 0
  let unsettled = false
  /** Of the reading under way; one controller for many, as they are not cheap. */
  let patience = new AbortController()
  signal.addEventListener('abort', () => patience.abort(), { once: true })

  function status(): MeterStatus {
    const { name, scope, accuracy, source, warnings } = meter
    const shown = reading && { watts: reading.watts, rails: reading.rails }
    return {
      ...{ name, scope, accuracy, source, warnings },
      ...{ state: state ?? 'silent', reading: shown, reason, joules },
    }
  }

  /** Rejects after timeoutMs, whatever the meter does. */
  async function read(): Promise<Reading> {
    if (unsettled) throw silent('it still does not answer')
    const answer = meter.read(patience.signal).finally(() => {
      unsettled = false
    })
    unsettled = true
    return within(timeoutMs, answer, () => {
      patience.abort()
      patience = new AbortController()
      return silent(`no answer within ${timeoutMs} ms`)
    })
  }

  function turn(to: MeterStatus['state']): void {
    const before = state
    state = to
    if (before !== to) onChange(status())
  }

  function take(next: Reading): void {
    const seconds = reading === null ? 0 : (next.at - reading.at) / 1000
    const known = seconds * 1000 <= GAP_INTERVALS * everyMs ? seconds : 0
    failures = 0
    reading = next
    reason = null
    joules += next.watts * known
    turn('answering')
    onReading(next, known)
  }

  function fail(error: unknown): void {
    failures += 1
    reading = null
    reason = messageOf(error)
    turn('silent')
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const outcome = await read().then(
        next => () => take(next),
        error => () => fail(error),
      )
      if (signal.aborted) return
      outcome()
      const pause = failures < PATIENT_FAILURES ? everyMs : RARELY_MS
      await sleep(pause * (0.75 + random() / 2), signal).catch(() => {})
    }
  }

  return { status, ended: run() }
}

function silent(reason: string): SquintError {
  return new SquintError('METER_SILENT', reason)
}
