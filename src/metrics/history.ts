import type { Stage } from '../cascade/detection.js'
import type { Result } from '../events/result.js'
import { isoTime, monotonicMs, wallMs } from '../lib/clock.js'
import { round } from '../lib/round.js'
import type { EnergyMethod, FrameEnergy } from '../power/energy.js'
import { STEPS } from './energy-stats.js'

/** Newest frames of a second that its median is taken over. */
const SAMPLES = 64
/** A reading speaks for the time since the one before it, up to so many milliseconds. */
const REACH_MS = 2500

/** The best known first. */
const METHODS: readonly EnergyMethod[] = ['measured', 'calibrated', 'modelled']

/** What one second saw. */
export interface HistoryPoint {
  /** ISO 8601, start of the second. */
  readonly at: string
  /** Results, and the stages that they stopped at. */
  readonly frames: number
  readonly exits: Readonly<Record<Stage, number>>
  /** Above idle. */
  readonly millijoules: Readonly<Record<(typeof STEPS)[number] | 'audit', number>>
  /** How they are known, by the least known of them; null without any. */
  readonly method: EnergyMethod | null
  /** From capture to result; null without frames. */
  readonly latencyMs: { readonly p50: number; readonly max: number } | null
  /** Means of what the meter and the thermometer told; null if they told nothing. */
  readonly watts: number | null
  readonly celsius: number | null
}

/** The last minutes, second by second. `at` is always monotonic milliseconds, now unless given. */
export interface History {
  record(result: Result, at?: number): void
  /** An audit has cost so much. */
  audited(energy: FrameEnergy, at?: number): void
  /** A picture that is no camera's has cost so much. */
  uploaded(energy: FrameEnergy, at?: number): void
  /** What the meter has read. */
  measured(watts: number, at?: number): void
  /** What the thermometer has read. */
  warmed(celsius: number, at?: number): void
  /**
   * The last complete seconds, oldest first; zeros where nothing happened.
   * @param seconds at most as many as are kept
   * @param wall what the system's clock says at `at`
   */
  list(seconds: number, at?: number, wall?: number): readonly HistoryPoint[]
}

export interface HistoryOptions {
  /** That are kept; a few at least. */
  readonly seconds: number
  /** Now, by both clocks. */
  readonly at?: number
  readonly wall?: number
}

/** All memory is taken at once, about 380 bytes for each second. */
export function createHistory(options: HistoryOptions): History {
  const { seconds: kept, at: born = monotonicMs(), wall: bornWall = wallMs() } = options
  // the running second besides those that are complete
  const slots = kept + 1
  const lanes: Float64Array[] = []
  const lane = (): Float64Array => {
    const values = new Float64Array(slots)
    lanes.push(values)
    return values
  }
  const frames = lane()
  const exits = { gate: lane(), scout: lane(), expert: lane() }
  const spent = { decode: lane(), gate: lane(), scout: lane(), expert: lane(), audit: lane() }
  /** One more than the index among METHODS; 0: none. */
  const least = lane()
  const slowest = lane()
  const watts = { sum: lane(), milliseconds: lane(), last: Number.NEGATIVE_INFINITY }
  const celsius = { sum: lane(), milliseconds: lane(), last: Number.NEGATIVE_INFINITY }
  const latency = new Float32Array(slots * SAMPLES)
  /** Which second a slot holds. */
  const holds = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY)

  /** Counted so that seconds begin where the wall clock's did at the start. */
  const secondOf = (at: number): number => Math.floor((at - born + bornWall) / 1000)
  const startOf = (second: number): number => second * 1000 - bornWall + born

  function slotOf(second: number): number {
    const slot = second % slots
    if (holds[slot]! < second) {
      for (const values of lanes) values[slot] = 0
      holds[slot] = second
    }
    return slot
  }

  /** Only joules say how they are known. */
  function learn(slot: number, { total, method }: FrameEnergy): void {
    if (total > 0) least[slot] = Math.max(least[slot]!, METHODS.indexOf(method) + 1)
  }

  function charge(slot: number, energy: FrameEnergy): void {
    for (const step of STEPS) spent[step][slot]! += energy[step]
    learn(slot, energy)
  }

  /** Spreads a reading over the seconds that it speaks for. */
  function cover(gauge: typeof watts, value: number, at: number): void {
    const second = secondOf(at)
    let from = at - gauge.last <= REACH_MS ? gauge.last : startOf(second)
    gauge.last = at
    for (let each = secondOf(from); each <= second; each++) {
      const until = Math.min(at, startOf(each + 1))
      const slot = slotOf(each)
      gauge.sum[slot]! += value * (until - from)
      gauge.milliseconds[slot]! += until - from
      from = until
    }
  }

  function point(second: number, at: string): HistoryPoint {
    const slot = slotOf(second)
    const count = frames[slot]!
    const told = latency.slice(slot * SAMPLES, slot * SAMPLES + Math.min(count, SAMPLES)).sort()
    const p50 = told[Math.floor(told.length / 2)]
    const each = (lane: Float64Array): number => round(lane[slot]!, 3)
    const mean = ({ sum, milliseconds }: typeof watts): number | null =>
      milliseconds[slot] === 0 ? null : round(sum[slot]! / milliseconds[slot]!, 3)
    return {
      at,
      frames: count,
      exits: { gate: each(exits.gate), scout: each(exits.scout), expert: each(exits.expert) },
      millijoules: {
        decode: each(spent.decode),
        gate: each(spent.gate),
        scout: each(spent.scout),
        expert: each(spent.expert),
        audit: each(spent.audit),
      },
      method: METHODS[least[slot]! - 1] ?? null,
      latencyMs: p50 === undefined ? null : { p50: round(p50, 3), max: each(slowest) },
      watts: mean(watts),
      celsius: mean(celsius),
    }
  }

  return {
    record({ exit, timingsMs, energyMj }, at = monotonicMs()) {
      const slot = slotOf(secondOf(at))
      latency[slot * SAMPLES + (frames[slot]! % SAMPLES)] = timingsMs.total
      slowest[slot] = Math.max(slowest[slot]!, timingsMs.total)
      frames[slot]!++
      exits[exit.stage][slot]!++
      charge(slot, energyMj)
    },
    audited(energy, at = monotonicMs()) {
      const slot = slotOf(secondOf(at))
      spent.audit[slot]! += energy.total
      learn(slot, energy)
    },
    uploaded: (energy, at = monotonicMs()) => charge(slotOf(secondOf(at)), energy),
    measured: (value, at = monotonicMs()) => cover(watts, value, at),
    warmed: (value, at = monotonicMs()) => cover(celsius, value, at),
    list(seconds, at = monotonicMs(), wall = wallMs()) {
      // a clock that was set since moves the labels by whole seconds; one that drifts does not make them flicker
      const moved = Math.round((wall - bornWall - (at - born)) / 1000)
      const running = secondOf(at)
      return Array.from({ length: Math.min(seconds, kept) }, (_, index) => {
        const second = running - Math.min(seconds, kept) + index
        return point(second, isoTime((second + moved) * 1000))
      })
    },
  }
}
