import { compareLooks } from '../cascade/agreement.js'
import { FULL_EFFORT } from '../cascade/effort.js'
import { bandOf, type Policy } from '../cascade/policy.js'
import { createWatcher } from '../cascade/watch.js'
import { createRandom } from '../lib/random.js'
import { openRecorded, type Recording } from './recording.js'
import type { Workbench } from './workbench.js'

/** What a policy comes to on a part of a recording. */
export interface Outcome {
  /** Mean millijoules per frame, above idle. */
  readonly millijoules: number
  /** Of all objects that were shown or that the expert sees, frame by frame, those that are both (see `compareLooks`). */
  readonly agreement: number
}

/** One policy that was tried. */
export interface Trial {
  readonly policy: Policy
  /** On the part that is searched on, and on the rest, which is only looked at. */
  readonly searched: Outcome
  readonly heldOut: Outcome
}

export interface Tuned {
  /** The least energy that reaches the agreement asked for, or else the most agreement. */
  readonly best: Trial
  /** What the search began with. */
  readonly start: Trial
  readonly trials: readonly Trial[]
}

/** The settings that are tried, of what may be traded for energy. */
const LADDERS = {
  followMs: [150, 250, 350, 500, 750, 1000, 1500],
  expertMs: [150, 250, 400, 600, 1000, 2000, 4000],
  retryMs: [150, 250, 350, 500, 750, 1000, 1500],
  strangerMs: [400, 800, 1500, 3000, 10_000],
  gateTolerance: [0.6, 0.8, 1, 1.3, 1.7, 2.2],
  readMs: [0, 75, 150, 250, 400],
  refreshSeconds: [3, 5, 10, 20, 40],
  doubt: [0.5, 0.75, 1, 1.25, 1.5],
  smallPixels: [0, 8, 12, 16, 24],
  complexityLimit: [0.5, 0.6, 0.7, 0.8, 1],
} as const satisfies { readonly [setting in keyof Policy]?: readonly number[] }

type Setting = keyof typeof LADDERS
const SETTINGS = Object.keys(LADDERS) as Setting[]
/** Share of the recording that is searched on. */
const SEARCHED = 2 / 3
/** Settings that a jump changes at most. */
const CHANGES = 3
const SEED = 1

export interface TuneOptions {
  readonly recording: Recording
  readonly bench: Pick<Workbench, 'scout' | 'expert' | 'policy' | 'energy'>
  /** Agreement asked for, 0..1. */
  readonly agreement: number
  readonly maxTrials: number
  onTrial(): void
}

/**
 * Searches a camera's own policy by its cost on a recording (the idea of NoScope's cost-based optimiser, Kang et al. 2017):
 * setting by setting, up and down its ladder while that helps, then from random jumps off the best trials. The decisions are the
 * cascade's own; only what the networks see is played back.
 */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const { bench, agreement, maxTrials, onTrial } = options
  const known = new Map<string, Trial>()

  async function attempt(policy: Policy): Promise<Trial> {
    const key = JSON.stringify(policy)
    const trial = known.get(key) ?? (await evaluate(policy, options))
    if (!known.has(key)) onTrial()
    known.set(key, trial)
    return trial
  }

  /** Walks one setting's ladder from where the best stands. */
  async function climb(best: Trial, setting: Setting, direction: 1 | -1): Promise<Trial> {
    const ladder: readonly number[] = LADDERS[setting]
    let rung = nearest(ladder, best.policy[setting])
    for (;;) {
      rung += direction
      const value = ladder[rung]
      if (value === undefined || known.size >= maxTrials) return best
      const trial = await attempt({ ...best.policy, [setting]: value })
      if (!isBetter(trial.searched, best.searched, agreement)) return best
      best = trial
    }
  }

  /** Walks all ladders, again and again, until that helps no more. */
  async function descend(best: Trial): Promise<Trial> {
    for (;;) {
      const before = best
      for (const setting of SETTINGS) {
        best = await climb(best, setting, 1)
        best = await climb(best, setting, -1)
      }
      if (best === before || known.size >= maxTrials) return best
    }
  }

  const start = await attempt(bench.policy)
  let best = await descend(start)
  // what trials are left look for a way out of where the ladders have led
  const random = createRandom(SEED)
  for (let jump = 0; jump < maxTrials && known.size < maxTrials; jump++) {
    const front = paretoOf([...known.values()])
    const from = front[Math.floor(random() * front.length)]!
    const trial = await attempt(mutate(from.policy, random))
    if (isBetter(trial.searched, best.searched, agreement)) best = await descend(trial)
  }
  return { best, start, trials: [...known.values()] }
}

/** Those trials that no other beats in both energy and agreement, cheapest first. */
export function paretoOf(trials: readonly Trial[]): Trial[] {
  const front: Trial[] = []
  const byCost = [...trials].sort(
    ({ searched: a }, { searched: b }) =>
      a.millijoules - b.millijoules || b.agreement - a.agreement,
  )
  for (const trial of byCost) {
    const best = front.at(-1)
    if (best === undefined || trial.searched.agreement > best.searched.agreement) front.push(trial)
  }
  return front
}

/** Some settings put elsewhere on their ladders. */
function mutate(policy: Policy, random: () => number): Policy {
  const changed = { ...policy }
  for (let change = 0; change < CHANGES; change++) {
    const setting = SETTINGS[Math.floor(random() * SETTINGS.length)]!
    const ladder = LADDERS[setting]
    changed[setting] = ladder[Math.floor(random() * ladder.length)]!
  }
  return changed
}

/** Cheaper, if both reach the target; else nearer to it. What is equal in that is decided by the other. */
function isBetter(a: Outcome, b: Outcome, target: number): boolean {
  const cheaper = a.millijoules < b.millijoules
  const nearer = a.agreement > b.agreement
  if (b.agreement < target) return nearer || (cheaper && a.agreement === b.agreement)
  return a.agreement >= target && (cheaper || (nearer && a.millijoules === b.millijoules))
}

function nearest(ladder: readonly number[], value: number): number {
  let best = 0
  for (let rung = 1; rung < ladder.length; rung++) {
    if (Math.abs(ladder[rung]! - value) < Math.abs(ladder[best]! - value)) best = rung
  }
  return best
}

/** Plays the recording through the cascade. */
async function evaluate(policy: Policy, { recording, bench }: TuneOptions): Promise<Trial> {
  const { scout, expert, energy } = bench
  const watch = createWatcher({ scout, policy })
  const boundary = Math.floor(recording.frames.length * SEARCHED)
  const parts = [newTally(), newTally()] as const
  for (const [i, frame] of recording.frames.entries()) {
    const look = await watch({
      open: async () => openRecorded(recording, frame, expert),
      capturedAt: (i * 1000) / recording.fps,
      effort: FULL_EFFORT,
    })
    const detections = frame.expert.filter(
      ({ label, score }) => score >= bandOf(expert.thresholds, label, 1).high,
    )
    const { found, missed, falsePositives } = compareLooks(look.detections, {
      detections,
      candidates: frame.expert,
    })
    const part = parts[i < boundary ? 0 : 1]
    const objects = found + missed + falsePositives
    part.same += objects === 0 ? 1 : found
    part.all += Math.max(1, objects)
    part.millijoules += energy.attribute(look.timingsMs).total
    part.frames++
  }
  return { policy, searched: outcomeOf(parts[0]), heldOut: outcomeOf(parts[1]) }
}

function newTally() {
  return { same: 0, all: 0, millijoules: 0, frames: 0 }
}

function outcomeOf({ same, all, millijoules, frames }: ReturnType<typeof newTally>): Outcome {
  return { millijoules: millijoules / frames, agreement: same / all }
}
