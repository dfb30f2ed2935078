import type { IdlePower, Scope } from '../energy.js'
import type { Belief } from './belief.js'
import { type Draw, STAGES } from './draw.js'
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
  /** Mean over the rounds of how far each was mispredicted, relative. */
  readonly error: number
}

export interface Calibration {
  readonly draw: Draw
  readonly idle: IdlePower
  readonly scope: Scope
  /** Watts by which single readings differ from what is expected of them. */
  readonly noise: number
  readonly checks: readonly PhaseCheck[]
  /** The same over all phases. */
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
  return {
    draw,
    idle: {
      watts: idle.watts,
      scope: meter.scope,
      uncertainty: Math.hypot(idle.deviation, meter.accuracy * idle.watts),
      method: 'calibrated',
    },
    scope: meter.scope,
    noise,
    checks,
    error: mean(checks.map(check => check.error)),
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
  const rounds = [...new Set(windows.map(window => window.round))]
  const predictions = rounds.map(round => {
    const others = windows.filter(window => window.round !== round)
    return fitted(others.length > 0 ? others : windows, belief, accuracy)
  })
  return PHASES.flatMap(phase => {
    const seen = rounds.flatMap((round, i) => {
      const own = windows.filter(window => window.phase === phase && window.round === round)
      const measured = mean(own.map(({ watts }) => watts))
      const predicted = mean(own.map(({ busy }) => expectedOf(predictions[i]!, busy)))
      return own.length === 0 ? [] : [{ measured, predicted }]
    })
    const check = {
      phase,
      measuredWatts: mean(seen.map(({ measured }) => measured)),
      predictedWatts: mean(seen.map(({ predicted }) => predicted)),
      error: mean(seen.map(({ measured, predicted }) => Math.abs(predicted / measured - 1))),
    }
    return seen.length === 0 ? [] : [check]
  })
}

/** NaN of none. */
function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Whether what a source draws can be told from nothing: three times its uncertainty. */
export function isDistinguishable({ watts, covariance }: Draw, source: number): boolean {
  return watts[source]! >= 3 * Math.sqrt(covariance[source]![source]!)
}

/** Stages that are worth a calibration only if all of them can be told from nothing; the gate's work is too little to insist on. */
const HEAVY = ['decode', 'scout', 'expert'] as const

/** Whether a calibration knows more than a table does. */
export function isUsable({ draw }: Pick<Calibration, 'draw'>): boolean {
  return HEAVY.every(stage => isDistinguishable(draw, STAGES.indexOf(stage)))
}
