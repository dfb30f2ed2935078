/** p = sigmoid(slope * logit(score) + offset): Platt's scaling, a temperature with a shift (Platt 1999; Guo et al. 2017). */
export interface Scaling {
  readonly slope: number
  readonly offset: number
}

/** One scaling for all classes, and one for each label that there was enough to fit it on. */
export interface Calibration extends Scaling {
  readonly classes?: Readonly<Record<string, Scaling>> | undefined
}

/** A score as the probability that such a detection is right, 0..1; the score itself for a model without calibration. */
export function probabilityOf(
  { label, score }: { readonly label: string; readonly score: number },
  calibration: Calibration | undefined,
): number {
  if (calibration === undefined) return score
  const { slope, offset } = calibration.classes?.[label] ?? calibration
  // a score of exactly 0 or 1 has no logit
  const share = Math.min(0.9999, Math.max(0.0001, score))
  return 1 / (1 + Math.exp(-(slope * Math.log(share / (1 - share)) + offset)))
}
