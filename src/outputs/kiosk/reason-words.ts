import type { ExitReason } from '../../cascade/detection.js'

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
