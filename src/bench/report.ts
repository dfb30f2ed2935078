import type { Spread } from './summary.js'

/** What a bench says: for programs, for people, and as pictures (name: SVG). */
export interface Report {
  readonly json: unknown
  readonly markdown: string
  readonly charts: Readonly<Record<string, string>>
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
