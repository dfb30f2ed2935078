import type { StageTimings } from '../../cascade/detection.js'
import { monotonicMs } from '../../lib/clock.js'
import type { Attribution } from '../energy.js'
import type { Meter, Reading } from '../meters/meter.js'
import { createBalance } from './balance.js'
import type { Belief } from './belief.js'
import { differenceOf, energyOf, SOURCES, STAGES, uncertaintyOf } from './draw.js'
import { createFit, type Posterior } from './fit.js'
import { createSpans, type Stretch } from './spans.js'

export interface AttributionOptions {
  readonly belief: Belief
  readonly meter: Pick<Meter, 'name' | 'scope' | 'accuracy' | 'source'>
  /** Monotonic milliseconds. */
  now?(): number
}

/** An attribution that learns from a meter what each stage draws. */
export interface MeteredAttribution extends Attribution {
  /**
   * @param seconds since the reading before; 0: there was none just before
   * @param busySeconds that all processors have been busy since boot, at the time of the reading
   */
  observe(reading: Reading, seconds: number, busySeconds: number): void
  /** The meter has stopped to answer: until it does again, what was believed before holds. */
  silence(): void
}

/** A reading is taken into account when all looks that it saw have ended and are known. */
const SETTLE_MS = 2000
/** Before so much has been seen, the beginning is still told as it was believed. */
const LEARNT_SECONDS = 3
/** Learning takes a while on a small board, and what a stage draws does not change that fast. */
const LEARN_EVERY_SECONDS = 2
/** The mix of work is that of so many seconds. */
const MIX_SECONDS = 10
/** Clocks, temperatures and voltages change what a stage draws. */
const HALF_LIFE_SECONDS = 300
/** Relative: so far may the draws have drifted together since they were calibrated. */
const DRIFT = 0.1

interface Pending extends Stretch {
  readonly watts: number
}

/**
 * Joules by what each stage is measured to draw. A meter is far too slow to see a stage work, so its readings are explained by
 * how busy the stages were in the time since the one before (`fit`), and a frame is charged the busy time of its stages times
 * what they draw. Frames are charged at once; `balance` holds what they were charged against the meter's own integral.
 */
export function createAttribution(options: AttributionOptions): MeteredAttribution {
  const { belief, meter, now = monotonicMs } = options
  const { scope, accuracy } = meter
  const prior = { ...belief.draw, scale: Math.max(DRIFT, belief.draw.scale) }
  const fit = createFit({ prior, accuracy, halfLifeSeconds: HALF_LIFE_SECONDS })
  const spans = createSpans()
  const balance = createBalance()
  const pending: Pending[] = []
  let busyBefore: number | undefined
  let learntSeconds = 0
  let unlearntSeconds = 0
  let posterior: Posterior | undefined
  let silent = false
  let draw = belief.draw
  let known = belief.knowledge
  /** Mean busy shares, by which the uncertainty of the whole is told. */
  const mix = new Array<number>(SOURCES.length).fill(0)

  function settle({ from, to, watts, busySeconds }: Pending): void {
    const seconds = (to - from) / 1000
    const { busy, charged } = spans.shares({ from, to, busySeconds }, belief.threads)
    fit.add({ watts, busy, seconds })
    for (const [stage] of STAGES.entries())
      mix[stage]! += (busy[stage]! - mix[stage]!) * Math.min(1, seconds / MIX_SECONDS)
    learntSeconds += seconds
    unlearntSeconds += seconds
    if (posterior === undefined || unlearntSeconds >= LEARN_EVERY_SECONDS) learn()
    balance.add({ seconds, watts, charged, busy, posterior: posterior! })
  }

  function learn(): void {
    unlearntSeconds = 0
    posterior = fit.posterior()
    tell()
  }

  /** What holds now: what was measured, or what was believed before. */
  function tell(): void {
    const isMeasured = !silent && posterior !== undefined && learntSeconds >= LEARNT_SECONDS
    draw = isMeasured ? posterior!.draw : belief.draw
    known = isMeasured
      ? {
          method: 'measured',
          scope,
          source: `${meter.name}: ${meter.source}`,
          uncertainty: uncertaintyOf(draw, mix),
        }
      : belief.knowledge
  }

  return {
    board: belief.board,
    knowledge: () => known,
    attribute(timings: StageTimings) {
      spans.add(now(), timings, draw.watts)
      return energyOf(draw, timings, known)
    },
    compare: (less, more) => differenceOf(draw, less, more),
    idle() {
      if (posterior === undefined || known.method !== 'measured') return belief.idle
      const { watts, deviation } = posterior.idle
      return { watts, uncertainty: Math.hypot(deviation, accuracy * watts), method: 'measured' }
    },
    balance: balance.read,
    observe({ watts, at }, seconds, busySeconds) {
      if (silent) {
        silent = false
        tell()
      }
      if (seconds > 0 && busyBefore !== undefined) {
        const from = at - seconds * 1000
        pending.push({ from, to: at, watts, busySeconds: busySeconds - busyBefore })
      }
      busyBefore = busySeconds
      while (pending.length > 0 && at - pending[0]!.to >= SETTLE_MS) settle(pending.shift()!)
    },
    silence() {
      pending.length = 0
      balance.clear()
      busyBefore = undefined
      silent = true
      tell()
    },
  }
}
