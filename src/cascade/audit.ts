import { createRandom } from '../lib/random.js'
import { round } from '../lib/round.js'
import { type Proportion, wilson } from '../lib/wilson.js'
import type { Agreement } from './agreement.js'
import type { AuditConfig } from './config.js'

/** Frames under the factor in force before it may change: two bad ones at the start prove nothing. */
const ENOUGH = 20
/** Audits are so much rarer than could be afforded: cut off by the allowance they would gather after what was dear. */
const MARGIN = 1.25
/** However dear they are, one in so many frames is tried. */
const LONGEST = 100_000
const TIGHTEN_STEP = 0.1
const RELAX_STEP = 0.05
const MOST = 1.5

/** What a camera has spent so far. */
export interface AuditSpending {
  /** Millijoules above idle on everything, audits included. */
  readonly millijoules: number
  /** Of these, on audits. */
  readonly auditMillijoules: number
  /** That one more audit is expected to take. */
  readonly costMillijoules: number
}

export interface AuditSnapshot {
  /** Frames audited since the start. */
  readonly audited: number
  /** Of all objects on the last audited frames that were shown or that the expert sees, those that are both. */
  readonly agreement: Proportion
  /** Of the expert's objects on them, those that were not shown. */
  readonly missed: Proportion
  /** Of the objects that were shown on them, those that the expert does not see. */
  readonly falsePositives: Proportion
  /** Factor for the width of the band of doubt, 1..1.5. */
  readonly tighten: number
}

export interface AuditOptions extends AuditConfig {
  /** Audited frames that count, older ones are forgotten; 200 if left out. */
  readonly window?: number
  /** Of the choice; cameras that differ in it are not audited in step. */
  readonly seed?: number
}

/** Chooses which of one camera's frames that stopped early the expert looks at all the same, and says what that tells. */
export interface Audit {
  /** To be asked of every frame that stopped early, once. */
  due(spending: AuditSpending): boolean
  record(outcome: Agreement): void
  /** Valid at once; a new one only after an audit. */
  snapshot(): AuditSnapshot
}

/**
 * One frame of every 1/share is taken, at a place that a seeded generator chooses anew each time: no scene can have the
 * rhythm of that, as it could of every 200th frame (or, as a simulation showed, of a golden-ratio sequence). What it may
 * cost makes the stretches longer.
 * Doubt widens while even the upper bound of the agreement is below the target, and narrows again, by half steps, once the
 * lower bound reaches it or a whole window was clean. Either is decided on frames that were seen under the factor in force.
 */
export function createAudit(options: AuditOptions): Audit {
  const { share, energyShare, agreement: target, window = 200, seed = 1 } = options
  const outcomes: Agreement[] = []
  const random = createRandom(seed)
  let asked = 0
  /** Frames to one audit, and which of them it is. */
  let stretch = 0
  let frame = 0
  let chosen = 0
  let audited = 0
  let tighten = 1
  /** Outcomes under the factor in force. */
  let fresh = 0
  let snapshot = tell()

  function tell(): AuditSnapshot {
    let found = 0
    let missed = 0
    let falsePositives = 0
    for (const outcome of outcomes) {
      found += outcome.found
      missed += outcome.missed
      falsePositives += outcome.falsePositives
    }
    return {
      audited,
      agreement: agreementOf(outcomes),
      missed: wilson(missed, found + missed),
      falsePositives: wilson(falsePositives, found + falsePositives),
      tighten,
    }
  }

  function decide(): void {
    if (fresh < ENOUGH) return
    const recent = outcomes.slice(-fresh)
    const { low, high } = agreementOf(recent)
    const clean = fresh === window && recent.every(agreed)
    const steps = high < target ? TIGHTEN_STEP : low >= target || clean ? -RELAX_STEP : 0
    const next = Math.min(MOST, Math.max(1, round(tighten + steps, 2)))
    if (next !== tighten) fresh = 0
    tighten = next
  }

  return {
    due({ millijoules, auditMillijoules, costMillijoules }) {
      if (frame === stretch) {
        const affordable = (MARGIN * asked * costMillijoules) / (energyShare * millijoules)
        // at the start nothing is known: 0 / 0
        stretch = Math.ceil(Math.max(1 / share, Math.min(LONGEST, affordable || 0)))
        chosen = Math.floor(random() * stretch)
        frame = 0
      }
      asked++
      if (frame++ !== chosen) return false
      const allowance = energyShare * (millijoules + costMillijoules)
      return auditMillijoules + costMillijoules <= allowance
    },
    record(outcome) {
      outcomes.push(outcome)
      if (outcomes.length > window) outcomes.shift()
      audited++
      fresh = Math.min(fresh + 1, window)
      decide()
      snapshot = tell()
    },
    snapshot: () => snapshot,
  }
}

/** Objects that both saw, of all that either did; a frame on which both see nothing counts as one. */
function agreementOf(outcomes: readonly Agreement[]): Proportion {
  let same = 0
  let all = 0
  for (const { found, missed, falsePositives } of outcomes) {
    const objects = found + missed + falsePositives
    same += objects === 0 ? 1 : found
    all += Math.max(1, objects)
  }
  return wilson(same, all)
}

function agreed({ missed, falsePositives }: Agreement): boolean {
  return missed === 0 && falsePositives === 0
}
