import type { StageTimings } from '../../cascade/detection.js'
import { monotonicMs } from '../../lib/clock.js'
import type { Attribution, Knowledge } from '../energy.js'
import type { Meter, Reading } from '../meters/meter.js'
import { createBalance } from './balance.js'
import type { Belief } from './belief.js'
import { differenceOf, energyOf, millisecondsOf, SOURCES, STAGES, uncertaintyOf } from './draw.js'
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
/**
 * Work counts as measured once the meter has taken so much of the uncertainty away that there was without it; what is left
 * would otherwise be belief under another name.
 */
const MEASURED = 0.5
/** Learning takes a while on a small board, and what a stage draws does not change that fast. */
const LEARN_EVERY_SECONDS = 2
/** The mix of work is that of so many seconds. */
const MIX_SECONDS = 10
/** Clocks, temperatures and voltages change what a stage draws. */
const HALF_LIFE_SECONDS = 300

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
  const fit = createFit({ prior: belief.draw, accuracy, halfLifeSeconds: HALF_LIFE_SECONDS })
  const spans = createSpans()
  const balance = createBalance()
  const pending: Pending[] = []
  let busyBefore: number | undefined
  let unlearntSeconds = 0
  let posterior: Posterior | undefined
  let silent = false
  let draw = belief.draw
  let lastAt = 0
  const measured = {
    method: 'measured',
    scope,
    source: `${meter.name}: ${meter.source}`,
    uncertainty: 0,
  } as const
  /** Mean busy shares, by which the uncertainty of the whole is told. */
  const mix = new Array<number>(SOURCES.length).fill(0)

  function settle({ from, to, watts, busySeconds }: Pending): void {
    const seconds = (to - from) / 1000
    const { busy, charged } = spans.shares({ from, to, busySeconds }, belief.threads)
    fit.add({ watts, busy, seconds })
    for (const [stage] of STAGES.entries())
      mix[stage]! += (busy[stage]! - mix[stage]!) * Math.min(1, seconds / MIX_SECONDS)
    unlearntSeconds += seconds
    if (posterior === undefined || unlearntSeconds >= LEARN_EVERY_SECONDS) learn()
    balance.add({ seconds, watts, charged, busy, posterior: posterior! })
  }

  function learn(): void {
    unlearntSeconds = 0
    posterior = fit.posterior()
    tell()
  }

  /** From now on: what the meter has shown, or what was believed before it. */
  function tell(): void {
    draw = silent || posterior === undefined ? belief.draw : posterior.draw
  }

  /** How the energy of such work is known. @param busy time of each source, in any unit */
  function knowledgeOf(busy: readonly number[]): Knowledge {
    const isMeasured =
      draw !== belief.draw &&
      uncertaintyOf(draw, busy) < MEASURED * uncertaintyOf(belief.draw, busy)
    return isMeasured ? measured : belief.knowledge
  }

  return {
    board: belief.board,
    knowledge: () => ({ ...knowledgeOf(mix), uncertainty: uncertaintyOf(draw, mix) }),
    attribute(timings: StageTimings) {
      spans.add(now(), timings, draw.watts)
      return energyOf(draw, timings, knowledgeOf(millisecondsOf(timings)))
    },
    compare: (less, more) => differenceOf(draw, less, more),
    idle() {
      if (posterior === undefined || silent) return belief.idle
      const { watts, deviation } = posterior.idle
      const uncertainty = Math.hypot(deviation, accuracy * watts)
      return { watts, scope, uncertainty, method: 'measured' }
    },
    balance: balance.read,
    observe({ watts, at }, seconds, busySeconds) {
      if (seconds === 0) {
        silent = false
        if (posterior !== undefined) {
          // nothing is known of the time between, but that it has passed
          fit.forget((at - lastAt) / 1000)
          learn()
        }
      }
      lastAt = at
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
