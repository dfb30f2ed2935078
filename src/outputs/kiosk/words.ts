import type { Exit, ExitReason } from '../../cascade/detection.js'
import type { FrameBudget, Result } from '../../events/result.js'
import type { FrameEnergy } from '../../power/energy.js'
import { amount, duration, percent } from './numbers.js'
import { methodWords } from './power-words.js'

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

/** "3 % moved in 2 places"; nothing if the gate had no say. */
function motionWords({ reason, motion, grounds: { blobs } }: Exit): string[] {
  if (reason === 'paced') return []
  if (motion === 0) return ['nothing moved']
  if (blobs === 0) return ['nothing to compare with']
  return [`${percent(motion)} moved in ${blobs} ${blobs === 1 ? 'place' : 'places'}`]
}

/** "1 ambiguous, 2 known": what the scout's candidates meant. */
function meaningWords({ grounds }: Exit): string {
  return (['ambiguous', 'new', 'known', 'refuted'] as const)
    .filter(meaning => grounds[meaning] > 0)
    .map(meaning => `${grounds[meaning]} ${meaning}`)
    .join(', ')
}

/** "3 candidates: 1 ambiguous, 2 known"; nothing if the scout did not look. */
function candidateWords(exit: Exit, count: boolean): string[] {
  const { doubt, candidates, lost } = exit.grounds
  if (doubt === null) return []
  const total = count ? `${candidates} ${candidates === 1 ? 'candidate' : 'candidates'}: ` : ''
  const seen = candidates === 0 ? 'no candidate' : `${total}${meaningWords(exit)}`
  return lost > 0 ? [seen, `${lost} lost`] : [seen]
}

const QUESTIONS: ReadonlySet<ExitReason> = new Set(['ambiguous', 'new', 'lost', 'small', 'complex'])
const LATELY: ReadonlySet<ExitReason> = new Set(['followed', 'unrecognised', 'paced'])

/** What only some reasons rest on. */
function limitWords({ stage, reason, complexity, escalated, grounds }: Exit): string[] {
  // The scout asked on an earlier frame, when the expert was not free to be asked.
  if (stage === 'expert' && !escalated && QUESTIONS.has(reason)) return ['a question left open']
  if (reason === 'complex') return [`complexity ${percent(complexity)}`]
  return stage === 'gate' && LATELY.has(reason)
    ? [`looked ${duration(grounds.sinceLookMs)} ago`]
    : []
}

function expertWords({ stage, grounds: { sinceExpertMs } }: Exit): string {
  if (sinceExpertMs === null) return stage === 'expert' ? 'first look' : 'expert not asked yet'
  return `${stage === 'expert' ? 'last asked' : 'expert'} ${duration(sinceExpertMs)} ago`
}

const whereWords = ({ expert }: Exit): string[] => (expert === 'remote' ? ['on the server'] : [])

/** "3 % moved in 2 places · 3 candidates: 1 ambiguous, 2 known · expert 2.3 s ago". */
export function groundsWords(exit: Exit): string {
  const found = [...candidateWords(exit, true), ...limitWords(exit)]
  return [...motionWords(exit), ...found, expertWords(exit), ...whereWords(exit)].join(' · ')
}

/** The same where there is less room: what decided comes first. */
export function groundsInBrief(exit: Exit): string {
  const found = [...limitWords(exit), ...candidateWords(exit, false)]
  return [...found, ...motionWords(exit)].join(' · ')
}

const UNITS: { readonly [T in Exclude<FrameBudget['limitedBy'], 'throttled'>]: string } = {
  watts: 'W',
  millijoulesPerFrame: 'mJ/frame',
  milliseconds: 'ms/frame',
  celsius: '°C',
}

const KNOBS: { readonly [K in FrameBudget['moved'][number]]: string } = {
  thresholds: 'doubt',
  escalations: 'expert',
  rate: 'looks',
}

/** "Budget: 6.9 of 5 mJ/frame, modelled ±70 %". */
export function budgetWords(
  { limitedBy, target, actual }: FrameBudget,
  { method, uncertainty }: Pick<FrameEnergy, 'method' | 'uncertainty'>,
): string {
  if (limitedBy === 'throttled') return 'The board throttles'
  const isEnergy = limitedBy === 'watts' || limitedBy === 'millijoulesPerFrame'
  const how = isEnergy ? `, ${methodWords(method, uncertainty)}` : ''
  return `Budget: ${amount(actual)} of ${target} ${UNITS[limitedBy]}${how}`
}

/** "saves on doubt, expert". */
export function movedWords({ moved }: FrameBudget): string {
  return moved.length > 0 ? `saves on ${moved.map(knob => KNOBS[knob]).join(', ')}` : ''
}
