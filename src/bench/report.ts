import type { Spread } from './summary.js'
import type { Workbench } from './workbench.js'

/** What a bench says: for programs, for people, and as pictures (name: SVG). */
export interface Report {
  readonly json: unknown
  readonly markdown: string
  readonly charts: Readonly<Record<string, string>>
}

interface Measured {
  readonly machine: string
  readonly energy: Pick<Workbench['energy'], 'knowledge'>
}

/** "1.23 (1.20-1.31)": the median, and the whole spread if there was more than one run. */
export function spreadText({ runs, median, min, max }: Spread, decimals: number): string {
  const text = median.toFixed(decimals)
  return runs === 1 ? text : `${text} (${min.toFixed(decimals)}-${max.toFixed(decimals)})`
}

/** A share as per cent; a dash where there is nothing to take a share of. */
export function percentText(share: number | null, decimals = 1): string {
  return share === null ? '–' : `${(100 * share).toFixed(decimals)} %`
}

/** What every measured number depends on: the machine, how often it was measured, and how sure energy is. */
export function measuredText({ machine, energy }: Measured, runs: number): string {
  const told = runs === 1 ? 'One run.' : `Medians of ${runs} interleaved runs (smallest-largest).`
  const { method, uncertainty } = energy.knowledge()
  return `${machine}. ${told} Energy is ${method}, ±${percentText(uncertainty, 0)}.`
}
