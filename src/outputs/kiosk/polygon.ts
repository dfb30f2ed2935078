import type { Point } from '../../events/zones.js'

/** How far two shares of the picture may lie apart to touch: shares of its width and of its height. */
export interface Reach {
  readonly x: number
  readonly y: number
}

/** A point that lies in the picture; no finer than a pixel of the largest camera. */
export function inPicture([x, y]: Point): Point {
  return [share(x), share(y)]
}

function share(value: number): number {
  return Math.round(Math.max(0, Math.min(1, value)) * 10_000) / 10_000
}

/** Which of the points lies nearest and within reach; -1: none. */
export function nearest(points: readonly Point[], [x, y]: Point, reach: Reach): number {
  let found = -1
  let least = 1
  for (const [i, point] of points.entries()) {
    const distance = Math.hypot((point[0] - x) / reach.x, (point[1] - y) / reach.y)
    if (distance > least) continue
    least = distance
    found = i
  }
  return found
}

/** The middles of the edges; the last one lies between the last corner and the first. */
export function middles(polygon: readonly Point[]): readonly Point[] {
  return polygon.map(([x, y], i) => {
    const [nextX, nextY] = polygon[(i + 1) % polygon.length]!
    return inPicture([(x + nextX) / 2, (y + nextY) / 2])
  })
}

/** Whether a point lies in a polygon: a line from it to the right crosses its edges an odd number of times. */
export function contains(polygon: readonly Point[], [x, y]: Point): boolean {
  let inside = false
  let [fromX, fromY] = polygon.at(-1) ?? [0, 0]
  for (const [toX, toY] of polygon) {
    const crosses = fromY > y !== toY > y
    if (crosses && x < fromX + ((y - fromY) / (toY - fromY)) * (toX - fromX)) inside = !inside
    fromX = toX
    fromY = toY
  }
  return inside
}

/** Of the square picture; negative where the corners turn left. */
export function area(polygon: readonly Point[]): number {
  let sum = 0
  let [fromX, fromY] = polygon.at(-1) ?? [0, 0]
  for (const [toX, toY] of polygon) {
    sum += fromX * toY - toX * fromY
    fromX = toX
    fromY = toY
  }
  return sum / 2
}

/** Where a name stands: in the middle of the corners. */
export function middleOf(polygon: readonly Point[]): Point {
  const size = Math.abs(area(polygon))
  // A line has no middle of its area.
  if (size < 1e-6) return meanOf(polygon)
  const [x, y] = centroid(polygon)
  return contains(polygon, [x, y]) ? inPicture([x, y]) : meanOf(polygon)
}

function meanOf(polygon: readonly Point[]): Point {
  const n = Math.max(1, polygon.length)
  const x = polygon.reduce((sum, point) => sum + point[0], 0) / n
  const y = polygon.reduce((sum, point) => sum + point[1], 0) / n
  return inPicture([x, y])
}

function centroid(polygon: readonly Point[]): Point {
  let [x, y] = [0, 0]
  let [fromX, fromY] = polygon.at(-1)!
  for (const [toX, toY] of polygon) {
    const cross = fromX * toY - toX * fromY
    x += (fromX + toX) * cross
    y += (fromY + toY) * cross
    fromX = toX
    fromY = toY
  }
  const six = 6 * area(polygon)
  return [x / six, y / six]
}
