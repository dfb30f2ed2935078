import { dot, invert, type Matrix, multiply, solveNonNegative } from '../../lib/matrix.js'
import { type Draw, SOURCES } from './draw.js'

/** What a meter said of some time, and what kept the processor busy meanwhile. */
export interface Window {
  /** Mean of the whole. */
  readonly watts: number
  /** Of each source: busy seconds per second. */
  readonly busy: readonly number[]
  readonly seconds: number
}

export interface Posterior {
  /** Its scale is the meter's accuracy. */
  readonly draw: Draw
  /** Watts of the idle board, and their standard deviation without the meter's accuracy. */
  readonly idle: { readonly watts: number; readonly deviation: number }
  /** Watts by which a window differs from what is expected of it. */
  readonly noise: number
}

export interface Fit {
  add(window: Window): void
  /** Time passes of which nothing is known. */
  forget(seconds: number): void
  /** What is known now. */
  posterior(): Posterior
}

export interface FitOptions {
  /** What is believed without a meter. */
  readonly prior: Draw
  /** Of the meter: relative, common to all its readings. */
  readonly accuracy: number
  /** Old windows count half after so long; left out: all count fully. */
  readonly halfLifeSeconds?: number
}

const SIZE = SOURCES.length + 1
const IDLE = SOURCES.length
/** 1/W²: as good as nothing, but enough that the equations have one solution. */
const IDLE_PRECISION = 1e-6

/** The noise is believed to be so much of the watts, with the weight of so many windows, until they tell. */
const NOISE_SHARE = 0.02
const NOISE_WINDOWS = 4
/** Steps of a meter are no less than that; without it a constant reading would be taken as perfect. */
const LEAST_NOISE = 1e-3
/** Windows that tell whether errors follow each other. */
const RECENT = 128
/** An idle draw that wanders makes neighbours err alike; above it, it is no noise any more but another board. */
const STRONGEST_CORRELATION = 0.9
/** Noise and coefficients depend on each other; so many rounds settle them, from where they were the last time. */
const ROUNDS = 3

/**
 * Splits a meter's watts among what was busy: watts = idle + sum of draws times busy shares, by non-negative least squares with
 * a prior, as Bayesian linear regression (Gelman et al., Bayesian Data Analysis, chapter 14). Linear in utilisation as
 * PowerPi (Kaup et al. 2014). What the data do not tell apart stays as uncertain as the prior says; noise is estimated from the residuals, and
 * counted up where they follow each other, (1 + r) / (1 - r) for a lag-1 correlation r.
 */
export function createFit({ prior, accuracy, halfLifeSeconds }: FitOptions): Fit {
  const believed = priorOf(prior)
  const gram = Array.from({ length: SIZE }, () => new Array<number>(SIZE).fill(0))
  const moments = new Array<number>(SIZE).fill(0)
  let squares = 0
  let weight = 0
  let sum = 0
  /** As it was found last. */
  let noise: number | undefined
  let inflated = 1
  const recent: Window[] = []

  function forget(seconds: number): void {
    if (halfLifeSeconds === undefined) return
    const kept = 2 ** (-seconds / halfLifeSeconds)
    squares *= kept
    weight *= kept
    sum *= kept
    for (let i = 0; i < SIZE; i++) {
      moments[i]! *= kept
      for (let j = 0; j < SIZE; j++) gram[i]![j]! *= kept
    }
  }

  /** Coefficients and their covariance, if windows err by `noise` watts. */
  function solve(noise: number) {
    const variance = noise ** 2
    const precision = gram.map((row, i) =>
      row.map((value, j) => value / variance + believed.precision[i]![j]!),
    )
    const target = moments.map((value, i) => value / variance + believed.weighted[i]!)
    const covariance = invert(precision)
    const free = multiply(covariance, target)
    // mostly no bound is needed
    const coefficients = free.every(value => value >= 0)
      ? free
      : solveNonNegative(precision, target)
    return { coefficients, covariance }
  }

  function noiseOf(coefficients: readonly number[], covariance: Matrix, noise: number): number {
    const left =
      squares - 2 * dot(coefficients, moments) + dot(coefficients, multiply(gram, coefficients))
    // each coefficient that the data decide takes one window's freedom to err
    const spent = covariance.reduce((total, row, i) => total + dot(row, gram[i]!), 0) / noise ** 2
    const believedNoise = (NOISE_SHARE * sum) / weight
    const freedom = Math.max(0, weight - spent) + NOISE_WINDOWS
    const variance = (Math.max(0, left) + NOISE_WINDOWS * believedNoise ** 2) / freedom
    return Math.max(LEAST_NOISE, Math.sqrt(variance * inflated))
  }

  return {
    forget,
    add(window) {
      forget(window.seconds)
      const row = [...window.busy, 1]
      for (let i = 0; i < SIZE; i++) {
        moments[i]! += row[i]! * window.watts
        for (let j = 0; j < SIZE; j++) gram[i]![j]! += row[i]! * row[j]!
      }
      squares += window.watts ** 2
      weight += 1
      sum += window.watts
      recent.push(window)
      if (recent.length > RECENT) recent.shift()
    },
    posterior() {
      noise ??= Math.max(LEAST_NOISE, weight === 0 ? 1 : (NOISE_SHARE * sum) / weight)
      let found = solve(noise)
      inflated = inflation(recent, found.coefficients)
      for (let round = 0; round < ROUNDS && weight > 0; round++) {
        noise = noiseOf(found.coefficients, found.covariance, noise)
        found = solve(noise)
      }
      const { coefficients, covariance } = found
      return {
        draw: {
          watts: coefficients.slice(0, IDLE),
          covariance: covariance.slice(0, IDLE).map(row => row.slice(0, IDLE)),
          scale: accuracy,
        },
        idle: { watts: coefficients[IDLE]!, deviation: Math.sqrt(covariance[IDLE]![IDLE]!) },
        noise,
      }
    },
  }
}

/** The prior as precision, and precision times mean; nothing is believed of the idle draw. */
function priorOf({ watts, covariance, scale }: Draw) {
  const whole = covariance.map((row, i) =>
    row.map((value, j) => value + scale ** 2 * watts[i]! * watts[j]!),
  )
  const inverse = invert(whole)
  const precision = [...inverse.map(row => [...row, 0]), [...watts.map(() => 0), IDLE_PRECISION]]
  return { precision, weighted: multiply(precision, [...watts, 0]) }
}

/** How many times larger the variance of a mean is because errors follow each other; 1 if they do not. */
function inflation(windows: readonly Window[], coefficients: readonly number[]): number {
  let squares = 0
  let products = 0
  let before = 0
  for (const { watts, busy } of windows) {
    const error = watts - dot(busy, coefficients) - coefficients[IDLE]!
    squares += error ** 2
    products += error * before
    before = error
  }
  const correlation = squares === 0 ? 0 : products / squares
  const r = Math.min(STRONGEST_CORRELATION, Math.max(0, correlation))
  return (1 + r) / (1 - r)
}

/** Watts that such a window is expected to show. */
export function expectedOf({ draw, idle }: Posterior, busy: readonly number[]): number {
  return idle.watts + dot(draw.watts, busy)
}
