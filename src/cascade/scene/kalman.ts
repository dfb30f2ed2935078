import type { Box } from '../../lib/box.js'

/**
 * Noise in shares of the box's height, as in SORT's and ByteTrack's filters (Zhang et al. 2022: position 1/20, velocity 1/160 per
 * frame of 1/30 s), turned into variances per second.
 */
const MEASURE = 1 / 20
const DRIFT_PER_SECOND = 30 * (1 / 20) ** 2
const PUSH_PER_SECOND = 30 * (30 / 160) ** 2
/** A box seen once may move by so many of its heights per second. */
const FIRST_SPEED = 1

/** One coordinate with constant velocity: value, velocity, and their covariances. */
interface Axis {
  value: number
  velocity: number
  spread: number
  mixed: number
  velocitySpread: number
}

/** Where a box is and where it goes: a Kalman filter of constant velocity, one pair of states per coordinate. */
export interface BoxFilter {
  readonly box: Box
  /** Shares of the frame per second, of the centre. */
  readonly speed: number
  /** @param seconds since the last call */
  predict(seconds: number): void
  /** The box was seen here now. */
  correct(seen: Box): void
  /** It has been seen to stand still. */
  stop(): void
}

export function createBoxFilter(first: Box): BoxFilter {
  const scale = first.height
  const axes = coordinates(first).map((value): Axis => {
    const spread = (MEASURE * scale) ** 2
    return { value, velocity: 0, spread, mixed: 0, velocitySpread: (FIRST_SPEED * scale) ** 2 }
  })
  const [x, y, width, height] = axes as [Axis, Axis, Axis, Axis]
  let box = first

  function place(): void {
    const w = Math.max(1e-4, width.value)
    const h = Math.max(1e-4, height.value)
    box = { x: x.value - w / 2, y: y.value - h / 2, width: w, height: h }
  }

  return {
    get box() {
      return box
    },
    get speed() {
      return Math.hypot(x.velocity, y.velocity)
    },
    predict(seconds) {
      for (const axis of axes) predictAxis(axis, seconds, box.height)
      place()
    },
    correct(seen) {
      const values = coordinates(seen)
      for (const [i, axis] of axes.entries()) correctAxis(axis, values[i]!, seen.height)
      place()
    },
    stop() {
      for (const axis of axes) axis.velocity = 0
    },
  }
}

/** Centre and size. */
function coordinates({ x, y, width, height }: Box): [number, number, number, number] {
  return [x + width / 2, y + height / 2, width, height]
}

function predictAxis(axis: Axis, seconds: number, scale: number): void {
  axis.value += axis.velocity * seconds
  axis.spread +=
    2 * axis.mixed * seconds +
    axis.velocitySpread * seconds ** 2 +
    DRIFT_PER_SECOND * scale ** 2 * seconds
  axis.mixed += axis.velocitySpread * seconds
  axis.velocitySpread += PUSH_PER_SECOND * scale ** 2 * seconds
}

function correctAxis(axis: Axis, seen: number, scale: number): void {
  const total = axis.spread + (MEASURE * scale) ** 2
  const gain = axis.spread / total
  const velocityGain = axis.mixed / total
  const surprise = seen - axis.value
  axis.value += gain * surprise
  axis.velocity += velocityGain * surprise
  axis.velocitySpread -= velocityGain * axis.mixed
  axis.mixed *= 1 - gain
  axis.spread *= 1 - gain
}
