import type { ExitReason, Stage } from '../cascade/detection.js'
import type { Result } from '../events/result.js'
import type { Attribution } from '../power/energy.js'
import { type CameraEnergy, createEnergyStats, STEPS } from './energy-stats.js'
import { createSpending } from './spending.js'
import { createWindow, type Window } from './window.js'

/** Frames that medians, tails and means are taken over. */
const WINDOW = 512

const TIMED = ['queue', ...STEPS, 'remote', 'total'] as const
export type Step = (typeof TIMED)[number]

export interface Quantiles {
  /** Milliseconds; null if the step has not run. */
  readonly p50: number | null
  readonly p95: number | null
}

/** What one camera's frames have done and cost lately. */
export interface CameraStats {
  readonly id: string
  /** Results so far. */
  readonly analysed: number
  /** Frames that were too old to be worth a look. */
  readonly stale: number
  /** Frames that could not be looked at. */
  readonly failed: number
  /** Results per second. */
  readonly fps: number
  readonly exits: readonly { stage: Stage; reason: ExitReason; frames: number }[]
  readonly exitShares: Readonly<Record<Stage, number>>
  readonly latencyMs: Readonly<Record<Step, Quantiles>>
  readonly energyMj: CameraEnergy
}

/** Why a frame got no result: it was too old, or could not be looked at. */
export type SkipReason = 'stale' | 'failed'

/** Counts what happens to the frames of one camera. */
export interface StatsCollector {
  record(result: Result): void
  /** Work that belongs to no frame's result: an audit. @param millijoules above idle */
  spend(millijoules: number): void
  /** A frame that got no result. Returns how many there were of its kind. */
  skip(why: SkipReason): number
  snapshot(): CameraStats
  /** Joules above idle so far. */
  joules(): number
  /** Of those that the expert on every frame would have cost: all, and what was not spent; neither ever falls. */
  savings(): { readonly expertOnlyJoules: number; readonly savedJoules: number }
  /** Mean watts above idle over the last seconds. */
  watts(): number
}

/** @param attribution tells how joules are known, and whether a saving can be told from its uncertainty */
export function createStats(
  id: string,
  attribution: Pick<Attribution, 'compare' | 'knowledge'>,
): StatsCollector {
  const steps = new Map<Step, Window>(TIMED.map(step => [step, createWindow(WINDOW)]))
  const energy = createEnergyStats(WINDOW, attribution)
  const spending = createSpending()
  const exits = new Map<string, { stage: Stage; reason: ExitReason; frames: number }>()
  let analysed = 0
  const skipped = { stale: 0, failed: 0 }

  return {
    spend(millijoules) {
      energy.spend(millijoules)
      spending.add(millijoules, 0)
    },
    record(result) {
      const { exit, timingsMs, energyMj } = result
      analysed++
      spending.add(energyMj.total, 1)
      for (const [step, window] of steps) {
        // a stage that was not needed says nothing about how long it takes
        if (timingsMs[step] > 0) window.add(timingsMs[step])
      }
      energy.record(result)
      const key = `${exit.stage}/${exit.reason}`
      const seen = exits.get(key) ?? { stage: exit.stage, reason: exit.reason, frames: 0 }
      seen.frames++
      exits.set(key, seen)
    },
    skip: why => ++skipped[why],
    joules: spending.joules,
    savings: energy.savings,
    watts: () => spending.rates().watts,
    snapshot() {
      const share = (stage: Stage): number => {
        let frames = 0
        for (const exit of exits.values()) if (exit.stage === stage) frames += exit.frames
        return analysed === 0 ? 0 : frames / analysed
      }
      return {
        id,
        analysed,
        ...skipped,
        fps: spending.rates().fps,
        exits: [...exits.values()].map(exit => ({ ...exit })),
        exitShares: { gate: share('gate'), scout: share('scout'), expert: share('expert') },
        latencyMs: {
          queue: quantiles(steps.get('queue')!),
          decode: quantiles(steps.get('decode')!),
          gate: quantiles(steps.get('gate')!),
          scout: quantiles(steps.get('scout')!),
          expert: quantiles(steps.get('expert')!),
          remote: quantiles(steps.get('remote')!),
          total: quantiles(steps.get('total')!),
        },
        energyMj: energy.snapshot(),
      }
    },
  }
}

function quantiles(window: Window): Quantiles {
  return { p50: window.quantile(0.5), p95: window.quantile(0.95) }
}
