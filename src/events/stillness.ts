import type { Box } from '../lib/box.js'

/** Smoothing before an object is taken to settle. Wobble of 1 Hz keeps a third of its height; somebody who creeps is as far. */
const SMOOTH_MS = 500
/** Of its size, off the mean of its place: then it has not settled there. */
const SETTLE = 0.25
/** Of its size, off the place where it has settled: then it has left. Some 40 cm for a person: more than from foot to foot. */
const LEAVE = 0.5

/**
 * Tells from an object's boxes whether it is stationary: it has not left its place for `stationaryMs`, however much its box trembles.
 * @param aspect width of the picture by its height
 * @param atMs monotonic milliseconds
 */
export type Stillness = (box: Box, aspect: number, atMs: number, stationaryMs: number) => boolean

/**
 * A place is the mean of the boxes since the object came to it. How far a box is off is asked of opposite edges: an object that
 * goes away, or comes nearer, moves both, one that something passes in front of only one.
 */
export function createStillness(): Stillness {
  const now = new Float64Array(4)
  const smooth = new Float64Array(4)
  const place = new Float64Array(4)
  let lastMs: number | undefined
  let sinceMs = 0
  let stationary = false

  function arrive(edges: Float64Array, atMs: number): void {
    place.set(edges)
    sinceMs = atMs
  }

  return ({ x, y, width, height }, aspect, atMs, stationaryMs) => {
    now[0] = x * aspect
    now[1] = (x + width) * aspect
    now[2] = y
    now[3] = y + height
    if (lastMs === undefined) {
      smooth.set(now)
      arrive(now, atMs)
      lastMs = atMs
    }
    const passedMs = atMs - lastMs
    if (passedMs <= 0) return stationary
    lastMs = atMs
    blend(smooth, now, 1 - Math.exp(-passedMs / SMOOTH_MS))
    if (stationary) {
      if (shift(now, place) > LEAVE) {
        stationary = false
        smooth.set(now)
        arrive(now, atMs)
      }
    } else if (shift(smooth, place) > SETTLE) arrive(smooth, atMs)
    else {
      blend(place, smooth, passedMs / (atMs - sinceMs + passedMs))
      stationary = atMs - sinceMs >= stationaryMs
    }
    return stationary
  }
}

/** How far edges (left, right, top, bottom) have moved away from a place, in sizes of the object: roots of its area. */
function shift(edges: Float64Array, place: Float64Array): number {
  const size = Math.sqrt((place[1]! - place[0]!) * (place[3]! - place[2]!))
  const off = (edge: number) => Math.abs(edges[edge]! - place[edge]!)
  return Math.max(Math.min(off(0), off(1)), Math.min(off(2), off(3))) / size
}

function blend(into: Float64Array, edges: Float64Array, share: number): void {
  for (let i = 0; i < 4; i++) into[i]! += share * (edges[i]! - into[i]!)
}
