import type { Stage, StageTimings } from '../cascade/detection.js'
import type { Result } from '../events/result.js'
import type { Attribution, Knowledge } from '../power/energy.js'
import { createWindow, type Window } from './window.js'

/** The stages that take time and energy, in the order that a frame needs them. */
export const STEPS = ['decode', 'gate', 'scout', 'expert'] as const

/** Millijoules above idle per frame, lately, and how joules are known now. */
export interface CameraEnergy extends Omit<Knowledge, 'source'> {
  readonly mean: number | null
  /** By the stage that frames stopped at; null: none did. */
  readonly meanByExit: Readonly<Record<Stage, number | null>>
  /** The same if the expert had looked at every frame; null until it has looked at one. */
  readonly expertOnly: number | null
  /** 0..1 of `expertOnly`; null if there is nothing to compare with, or if it cannot be told from its uncertainty. */
  readonly savedShare: number | null
  /** Whether it can; null if there is nothing to compare with. */
  readonly distinguishable: boolean | null
  /** Joules since the start, audits paid; null where `savedShare` is. May be negative. */
  readonly savedJoules: number | null
}

/** Compares what one camera's frames have cost with what they would have cost with the expert on each. */
export interface EnergyStats {
  record(result: Result): void
  /** Work that belongs to no frame's result. @param millijoules above idle */
  spend(millijoules: number): void
  snapshot(): CameraEnergy
  /** Joules so far; neither ever falls. */
  savings(): { readonly expertOnlyJoules: number; readonly savedJoules: number }
}

/** @param frames that means are taken over */
export function createEnergyStats(
  frames: number,
  { compare, knowledge }: Pick<Attribution, 'compare' | 'knowledge'>,
): EnergyStats {
  const window = (): Window => createWindow(frames)
  const all = window()
  const byExit = { gate: window(), scout: window(), expert: window() }
  const timings = { decode: window(), gate: window(), scout: window(), expert: window() }
  // of frames that the expert looked at its network, of the others the unpacking
  const network = { millijoules: window(), milliseconds: window() }
  const unpacked = { millijoules: window(), milliseconds: window() }
  let priced: number | null = null
  let unpriced = 0
  let spentJoules = 0
  let expertOnlyJoules = 0
  let savedJoules = 0

  /**
   * A frame that only the expert looks at: its network, and unpacking once, as frames need it that end before the expert.
   * The expert's larger picture costs rather more to unpack, so the saving is told too small, never too large.
   */
  function baseline(unit: 'millijoules' | 'milliseconds') {
    const expert = network[unit].mean()
    return expert === null ? null : { expert, decode: unpacked[unit].quantile(0.5) ?? 0 }
  }

  function price(): number | null {
    const frame = baseline('millijoules')
    return frame === null ? null : frame.expert + frame.decode
  }

  /** Whether frames cost less, or more, than they would; null: nothing to compare with. */
  function distinguishable(): boolean | null {
    const frame = baseline('milliseconds')
    if (frame === null) return null
    const mean = (step: keyof StageTimings): number => timings[step].mean()!
    const actual = {
      decode: mean('decode'),
      gate: mean('gate'),
      scout: mean('scout'),
      expert: mean('expert'),
    }
    return compare(actual, { ...frame, gate: 0, scout: 0 }).distinguishable
  }

  return {
    record({ exit: { stage }, timingsMs, energyMj }) {
      spentJoules += energyMj.total / 1000
      all.add(energyMj.total)
      byExit[stage].add(energyMj.total)
      for (const step of STEPS) timings[step].add(timingsMs[step])
      if (stage === 'expert') {
        network.millijoules.add(energyMj.expert)
        network.milliseconds.add(timingsMs.expert)
        // only now: what it costs is mostly this, and a median for every frame is dear
        priced = price()
      } else if (energyMj.decode > 0) {
        // a frame that nobody opened says nothing about unpacking
        unpacked.millijoules.add(energyMj.decode)
        unpacked.milliseconds.add(timingsMs.decode)
      }
      unpriced++
      if (priced === null) return
      expertOnlyJoules += (unpriced * priced) / 1000
      unpriced = 0
    },
    spend(millijoules) {
      spentJoules += millijoules / 1000
    },
    snapshot() {
      const mean = all.mean()
      const expertOnly = price()
      const sure = distinguishable()
      const { method, scope, uncertainty } = knowledge()
      const told = sure === true && mean !== null && expertOnly !== null
      return {
        mean,
        meanByExit: {
          gate: byExit.gate.mean(),
          scout: byExit.scout.mean(),
          expert: byExit.expert.mean(),
        },
        expertOnly,
        savedShare: told ? 1 - mean / expertOnly : null,
        distinguishable: sure,
        savedJoules: told ? expertOnlyJoules - spentJoules : null,
        method,
        scope,
        uncertainty,
      }
    },
    savings() {
      if (distinguishable() === true)
        savedJoules = Math.max(savedJoules, expertOnlyJoules - spentJoules)
      return { expertOnlyJoules, savedJoules }
    },
  }
}
