import { z } from 'zod'
import { round } from '../lib/round.js'
import { probabilityOf } from './calibrate.js'
import type { Detection, ExitReason, Judged } from './detection.js'
import type { Meaning, Weighing } from './scene/scene.js'
import type { Model } from './zoo.js'

/** When to look, and when to ask the expert. The defaults are what `squint bench` was run with; `squint tune` finds a camera's own. */
export const policySchema = z.strictObject({
  /** A camera is looked at by the expert at least this often. */
  refreshSeconds: z.number().min(1).max(3600).default(10),
  /** Multiple of the usual difference that a block of the picture needs to have changed. */
  gateTolerance: z.number().min(0.25).max(4).default(1),
  /** A frame that comes sooner than this after one that the gate has read is not even unpacked. */
  readMs: z.int().min(0).max(10_000).default(75),
  /** While all that moves is known, a network looks this often; half as often while that stays where it is. */
  followMs: z.int().min(0).max(10_000).default(400),
  /** While something moves in which networks see nothing, one looks this often. */
  retryMs: z.int().min(0).max(10_000).default(500),
  /** The expert is asked about open questions no more often than this. */
  expertMs: z.int().min(0).max(60_000).default(400),
  /** About something large that moves and that the scout does not recognise, it is asked no more often than this. */
  strangerMs: z.int().min(0).max(60_000).default(800),
  /** Complexity of what changed (0..1) above which the scout alone is not trusted. */
  complexityLimit: z.number().min(0).max(1).default(0.8),
  /** Pixels of the scout's input: what is lower than this is for the expert. */
  smallPixels: z.number().min(0).max(100).default(12),
  /** Width of the band between the scout's thresholds, as a share of the fitted one. */
  doubt: z.number().min(0).max(1.5).default(1),
  /** Of a single picture, the expert is asked if the scout's answers leave more doubt than this (see `doubtOf`). */
  doubtLimit: z.number().min(0).max(100).default(1.3),
})

/** One camera's policy. */
export type Policy = z.output<typeof policySchema>

export interface Thresholds {
  /** A candidate below it is absent, 0..1. */
  readonly low: number
  /** From here on it is certain. */
  readonly high: number
}

/** A model's thresholds, for each class. */
export interface ClassThresholds extends Thresholds {
  /** By label. */
  readonly classes?: Readonly<Record<string, Thresholds>> | undefined
}

/**
 * The two thresholds of a class (NoScope's, Kang et al. 2017), the band between them widened or narrowed around its middle.
 * @param doubt 1 as fitted, 0 no band at all, up to 1.5
 */
export function bandOf(thresholds: ClassThresholds, label: string, doubt: number): Thresholds {
  const { low, high } = thresholds.classes?.[label] ?? thresholds
  const inwards = ((high - low) / 2) * (1 - doubt)
  return {
    low: round(Math.max(0, low + inwards), 4),
    high: round(Math.min(1, high - inwards), 4),
  }
}

/** The lowest score that is a candidate for any class. @param doubt as in `bandOf` */
export function floorOf(thresholds: ClassThresholds, doubt = 1): number {
  const labels = Object.keys(thresholds.classes ?? {})
  return Math.min(...['', ...labels].map(label => bandOf(thresholds, label, doubt).low))
}

/** Holds what the scout sees against its thresholds. */
export interface Judge {
  /** The lowest score that is a candidate for any class. @param doubt as in `bandOf` */
  floor(doubt: number): number
  /** The candidates among what the scout sees, as far as scores and sizes tell. */
  all(seen: readonly Detection[], doubt: number): Judged[]
  /**
   * Variance of the number of true objects among what the scout sees, sum of p(1 - p): how much it leaves open in a picture
   * of which nothing else is known. On labelled pictures it orders them better than their worst candidate does (docs/bench.md).
   */
  doubtOf(seen: readonly Detection[]): number
}

export function createJudge(
  { thresholds, calibration, input }: Pick<Model, 'thresholds' | 'calibration' | 'input'>,
  policy: Pick<Policy, 'doubt' | 'smallPixels'>,
): Judge {
  const band = (label: string, doubt: number) => bandOf(thresholds, label, doubt * policy.doubt)

  function judge({ label, classId, score, box }: Detection, doubt: number): Judged {
    const { low, high } = band(label, doubt)
    const small = box.height * input.height < policy.smallPixels
    const meaning = score < high ? 'ambiguous' : small ? 'small' : 'certain'
    const probability = round(probabilityOf({ label, score }, calibration), 3)
    return { label, classId, score, box, probability, meaning, low, high }
  }

  return {
    floor: doubt => floorOf(thresholds, doubt * policy.doubt),
    all: (seen, doubt) =>
      seen.map(candidate => judge(candidate, doubt)).filter(({ score, low }) => score >= low),
    doubtOf: seen =>
      seen.reduce((sum, candidate) => {
        const p = probabilityOf(candidate, calibration)
        return sum + p * (1 - p)
      }, 0),
  }
}

/** What a candidate in a stream is: as a picture's, unless the scene knows better. */
export function judgeKnown(judged: Judged, meaning: Meaning): Judged {
  if (meaning === 'known' && judged.meaning !== 'ambiguous')
    return { ...judged, meaning: 'certain' }
  if (meaning === 'new' && judged.meaning === 'small') return judged
  return { ...judged, meaning }
}

/**
 * The question that the scout leaves open about a stream's frame, the gravest first; undefined if there is none.
 * @param complexity 0..1
 * @param lost known objects that the scout does not see
 */
export function questionOf(
  candidates: readonly Judged[],
  complexity: number,
  { complexityLimit }: Pick<Policy, 'complexityLimit'>,
  lost: Weighing['lost'],
): ExitReason | undefined {
  for (const meaning of ['ambiguous', 'small', 'new'] as const) {
    if (candidates.some(candidate => candidate.meaning === meaning)) return meaning
  }
  if (lost.length > 0) return 'lost'
  return complexity > complexityLimit ? 'complex' : undefined
}

/** Why the scout's word is enough. */
export function answerOf(candidates: readonly Judged[]): ExitReason {
  if (candidates.some(({ meaning }) => meaning === 'known' || meaning === 'refuted')) return 'known'
  return candidates.length === 0 ? 'empty' : 'confident'
}
