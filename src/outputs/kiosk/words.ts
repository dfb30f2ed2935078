import type { ExitReason } from '../../cascade/detection.js'
import type { Result } from '../../events/result.js'
import type { EnergyMethod } from '../../power/energy.js'

const REASONS: { readonly [R in ExitReason]: string } = {
  unchanged: 'unchanged',
  followed: 'known, looked at a moment ago',
  unrecognised: 'moves, not recognised',
  paced: 'saving, as the budget asks',
  empty: 'nothing found',
  confident: 'confident',
  known: 'settled before',
  deferred: 'asking the expert soon',
  ambiguous: 'ambiguous: asked the expert',
  new: 'new: asked the expert',
  lost: 'lost: asked the expert',
  small: 'small: asked the expert',
  complex: 'busy picture: asked the expert',
  cut: 'another scene',
  refresh: 'refresh due',
  requested: 'asked for',
}

/** Why a frame stopped where it did, for people. */
export function reasonWords(reason: ExitReason): string {
  return REASONS[reason]
}

/** "modelled ±70 %": no number of energy is shown without it. */
export function methodWords(method: EnergyMethod, uncertainty: number): string {
  return `${method} ±${Math.round(uncertainty * 100)} %`
}

const PLURALS: { readonly [label: string]: string } = {
  knife: 'knives',
  mouse: 'mice',
  scissors: 'scissors',
  sheep: 'sheep',
  skis: 'skis',
}

function plural(label: string): string {
  return PLURALS[label] ?? (/(s|x|ch|sh)$/.test(label) ? `${label}es` : `${label}s`)
}

/** "2 persons, 1 chair", most frequent first; ties keep the order of the alphabet, so that the sentence stands still. */
export function inView({ detections }: Pick<Result, 'detections'>): string {
  const counts = new Map<string, number>()
  for (const { label } of detections) counts.set(label, (counts.get(label) ?? 0) + 1)
  if (counts.size === 0) return 'nothing in view'
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || a.localeCompare(b))
    .map(([label, n]) => `${n} ${n === 1 ? label : plural(label)}`)
    .join(', ')
}
