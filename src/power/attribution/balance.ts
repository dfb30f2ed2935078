import type { Balance } from '../energy.js'
import { STAGES } from './draw.js'
import type { Posterior, Window } from './fit.js'

/** What is known of a window when it is settled. */
export interface Settled extends Window {
  /** Joules that its frames were charged. */
  readonly charged: number
  readonly posterior: Posterior
}

/** Where a meter's joules of the last minute went, as it was told then. */
export function createBalance(overSeconds = 60) {
  const parts: Balance[] = []

  return {
    add({ seconds, watts, busy, charged, posterior }: Settled): void {
      const meterJoules = watts * seconds
      const idleJoules = posterior.idle.watts * seconds
      const otherJoules = posterior.draw.watts[STAGES.length]! * busy[STAGES.length]! * seconds
      const unexplainedJoules = meterJoules - idleJoules - charged - otherJoules
      parts.push({
        seconds,
        meterJoules,
        idleJoules,
        stageJoules: charged,
        otherJoules,
        unexplainedJoules,
      })
      let kept = parts.reduce((sum, part) => sum + part.seconds, 0)
      while (kept - parts[0]!.seconds >= overSeconds) kept -= parts.shift()!.seconds
    },
    clear(): void {
      parts.length = 0
    },
    read(): Balance | null {
      if (parts.length === 0) return null
      const total = (name: keyof Balance) => parts.reduce((sum, part) => sum + part[name], 0)
      return {
        seconds: total('seconds'),
        meterJoules: total('meterJoules'),
        idleJoules: total('idleJoules'),
        stageJoules: total('stageJoules'),
        otherJoules: total('otherJoules'),
        unexplainedJoules: total('unexplainedJoules'),
      }
    },
  }
}
