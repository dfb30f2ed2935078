import type { StageTimings } from '../cascade/detection.js'
import { monotonicMs } from '../lib/clock.js'
import { PHASES, type Phase, type PhaseWindow } from '../power/attribution/calibration.js'
import { createSpans, type Stretch } from '../power/attribution/spans.js'

/** Clocks and averages of the phase before are over by then. */
const SETTLE_MS = 2000
/** Between two looks at whether the board is slowed down. */
const ASK_MS = 1000
const UNCHARGED = [0, 0, 0, 0]

/** A stretch of a phase, and the meter's mean over it. */
export interface MeteredStretch extends Stretch {
  readonly watts: number
}

export interface MeasureOptions {
  readonly works: Readonly<Record<Phase, () => Promise<StageTimings>>>
  /** Processors that each stage keeps busy. */
  readonly threads: readonly number[]
  /** Of each phase, after it has settled. */
  readonly seconds: number
  readonly rounds: number
  readonly settleMs?: number
  /** What the meter has said between two moments. */
  stretchesWithin(from: number, to: number): readonly MeteredStretch[]
  /** Is the board being slowed down? Then the phase tells of another board. Asked every second. */
  throttled(): Promise<boolean>
  /** A phase begins. */
  onPhase(phase: Phase, round: number): void
}

/** Readings of all phases, round by round; what was throttled, or gave no reading, is left out and named. */
export async function measurePhases(options: MeasureOptions): Promise<{
  readonly windows: readonly PhaseWindow[]
  readonly dropped: readonly { readonly phase: Phase; readonly round: number }[]
}> {
  const { works, threads, seconds, rounds, settleMs = SETTLE_MS } = options
  const windows: PhaseWindow[] = []
  const dropped: { phase: Phase; round: number }[] = []
  for (let round = 0; round < rounds; round++) {
    for (const phase of PHASES) {
      options.onPhase(phase, round)
      const spans = createSpans()
      const from = monotonicMs() + settleMs
      const to = from + seconds * 1000
      let slowed = false
      let askedAt = Number.NEGATIVE_INFINITY
      while (monotonicMs() < to) {
        const timings = await works[phase]()
        spans.add(monotonicMs(), timings, UNCHARGED)
        if (monotonicMs() - askedAt < ASK_MS) continue
        askedAt = monotonicMs()
        slowed ||= await options.throttled()
      }
      const stretches = options.stretchesWithin(from, to)
      if (stretches.length === 0 || slowed) {
        dropped.push({ phase, round })
        continue
      }
      for (const stretch of stretches) {
        const { busy } = spans.shares(stretch, threads)
        const seconds = (stretch.to - stretch.from) / 1000
        windows.push({ phase, round, watts: stretch.watts, busy, seconds })
      }
    }
  }
  return { windows, dropped }
}
