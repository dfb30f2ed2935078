import { createAverage } from '../lib/average.js'
import type { BudgetConfig } from './config.js'

/** What a frame cost, and how the board fares. */
export interface BudgetSample {
  /** Capture time, monotonic milliseconds. */
  readonly atMs: number
  /** Of this frame, above idle. */
  readonly millijoules: number
  /** Of work on this frame. */
  readonly milliseconds: number
  /** Of the whole service, above idle; averaged over ten seconds at most, better over one or two. */
  readonly watts: number
  /** null: cannot tell. */
  readonly celsius: number | null
  /** The board is being slowed down now. */
  readonly throttled: boolean
}

/** A quantity that may have a target, as the configuration calls it. */
export type Target = Exclude<keyof BudgetConfig, 'minFps'>

/** One target, and how fast it wants the level to move. */
export interface Gauge {
  readonly name: Target
  readonly target: number
  /** @param seconds since the last sample */
  observe(sample: BudgetSample, seconds: number): void
  /** Average over the last seconds; NaN if nothing has been seen. */
  actual(): number
  /** Level per second, negative: down; undefined if it cannot tell. Each call is one decision. */
  wants(): number | undefined
}

/** How a kind of target is pursued. */
interface Pace {
  /** Time constants of the two averages, in seconds. */
  readonly fast: number
  readonly slow: number
  /** Level per second for an error of 1. */
  readonly gain: number
}

/** A third of the gain at which the simulated cameras of test/fixtures/plant.ts began to swing. */
const WORK: Pace = { fast: 1.5, slow: 6, gain: 0.15 }
/** Power arrives averaged already, so that it lags. */
const POWER: Pace = { fast: 1.5, slow: 6, gain: 0.08 }
/** Heat follows work with the minutes of the metal. */
const HEAT: Pace = { fast: 5, slow: 30, gain: 0.01 }
const PACES: Readonly<Record<Target, Pace>> = {
  watts: POWER,
  millijoulesPerFrame: WORK,
  milliseconds: WORK,
  celsius: HEAT,
}

/** Level per second at most. */
const FALL = 0.15
export const RISE = 0.05

/** Errors above which the level starts to move, and below which it rests again. */
const DEAD_BAND = 0.04
const RESTED = 0.01

/** Degrees that count as an error of 1. */
const DEGREES = 10
/** Heat is steered by what it will be: ahead by so many times what the slow average lags behind the fast one. */
const FORESIGHT = 2

/** A gauge for each target that the configuration has. */
export function createGauges(config: BudgetConfig): Gauge[] {
  const gauges: Gauge[] = []
  for (const name of ['watts', 'millijoulesPerFrame', 'milliseconds', 'celsius'] as const) {
    const target = config[name]
    if (target !== undefined) gauges.push(createGauge(name, target))
  }
  return gauges
}

function createGauge(name: Target, target: number): Gauge {
  const pace = PACES[name]
  const fast = createAverage(pace.fast)
  const slow = createAverage(pace.slow)
  let known = false
  let moving = false

  /** How far over the target, negative: under. Costs count in the log domain: halved and doubled are equally far. */
  function error(): number {
    const now = fast.mean()
    const lately = slow.mean()
    if (name === 'celsius') return (now + FORESIGHT * (now - lately) - target) / DEGREES
    // a costly frame tosses the fast one about, and the slow one remembers what has been put right: both have to agree
    if (now > target !== lately > target) return 0
    const nearer = now > target ? Math.min(now, lately) : Math.max(now, lately)
    return Math.log(nearer / target)
  }

  return {
    name,
    target,
    observe(sample, seconds) {
      const value = reading(name, sample)
      known = value !== null
      if (value === null) return
      fast.add(value, seconds)
      slow.add(value, seconds)
    },
    actual: fast.mean,
    wants() {
      if (!known) return undefined
      const over = error()
      moving = Math.abs(over) > (moving ? RESTED : DEAD_BAND)
      return moving ? Math.min(RISE, Math.max(-FALL, -pace.gain * over)) : 0
    },
  }
}

function reading(name: Target, sample: BudgetSample): number | null {
  return name === 'millijoulesPerFrame' ? sample.millijoules : sample[name]
}
