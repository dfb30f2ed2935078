import type { IdlePower, Scope } from '../energy.js'
import type { Belief } from './belief.js'
import type { Draw } from './draw.js'
import { createFit, expectedOf, type Posterior, type Window } from './fit.js'

/** What is run one after the other to see what it draws. */
export const PHASES = ['idle', 'decode', 'gate', 'scout', 'expert', 'other'] as const
export type Phase = (typeof PHASES)[number]

/** One reading of the meter during a phase. */
export interface PhaseWindow extends Window {
  readonly phase: Phase
  readonly round: number
}

/** How well a phase is predicted by a fit that has not seen its round. */
export interface PhaseCheck {
  readonly phase: Phase
  /** Means over all rounds. */
  readonly measuredWatts: number
  readonly predictedWatts: number
}

export interface Calibration {
  readonly draw: Draw
  readonly idle: IdlePower
  readonly scope: Scope
  /** Watts by which single readings differ from what is expected of them. */
  readonly noise: number
  readonly checks: readonly PhaseCheck[]
  /** Mean relative error of the predicted phases. */
  readonly error: number
}

/** So little is the published table believed: the readings decide. */
const VAGUE = 2

/**
 * What each stage draws on this very device, by non-negative least squares over readings taken while one stage after the
 * other was kept busy. Rounds are left out in turn to see how well the others predict them; with one round there is no such check.
 * @param belief what is published of the board; it only decides what the readings leave open
 */
export function calibrate(
  windows: readonly PhaseWindow[],
  belief: Belief,
  meter: { readonly scope: Scope; readonly accuracy: number },
): Calibration {
  const { draw, idle, noise } = fitted(windows, belief, meter.accuracy)
  const checks = checked(windows, belief, meter.accuracy)
  const errors = checks.map(({ measuredWatts, predictedWatts }) =>
    Math.abs(predictedWatts / measuredWatts - 1),
  )
  return {
    draw,
    idle: {
      watts: idle.watts,
      uncertainty: Math.hypot(idle.deviation, meter.accuracy * idle.watts),
      method: 'calibrated',
    },
    scope: meter.scope,
    noise,
    checks,
    error: errors.reduce((sum, error) => sum + error, 0) / errors.length,
  }
}

function fitted(windows: readonly Window[], { draw }: Belief, accuracy: number): Posterior {
  const { watts, covariance } = draw
  const vague = {
    watts,
    covariance: covariance.map((row, i) =>
      row.map((_, j) => (i === j ? (VAGUE * watts[i]!) ** 2 : 0)),
    ),
    scale: 0,
  }
  const fit = createFit({ prior: vague, accuracy })
  for (const window of windows) fit.add(window)
  return fit.posterior()
}

function checked(
  windows: readonly PhaseWindow[],
  belief: Belief,
  accuracy: number,
): readonly PhaseCheck[] {
  const sums = new Map(PHASES.map(phase => [phase, { measured: 0, predicted: 0, count: 0 }]))
  for (const round of new Set(windows.map(window => window.round))) {
    const others = windows.filter(window => window.round !== round)
    const posterior = fitted(others.length > 0 ? others : windows, belief, accuracy)
    for (const window of windows) {
      if (window.round !== round) continue
      const sum = sums.get(window.phase)!
      sum.measured += window.watts
      sum.predicted += expectedOf(posterior, window.busy)
      sum.count++
    }
  }
  return PHASES.flatMap(phase => {
    const { measured, predicted, count } = sums.get(phase)!
    const check = { phase, measuredWatts: measured / count, predictedWatts: predicted / count }
    return count === 0 ? [] : [check]
  })
}

/** Whether what a source draws can be told from nothing: three times its uncertainty. */
export function isDistinguishable({ watts, covariance }: Draw, source: number): boolean {
  return watts[source]! >= 3 * Math.sqrt(covariance[source]![source]!)
}
