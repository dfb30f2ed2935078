import type { Box } from './box.js'

/** Corner of a polygon, in shares of the frame: x, y, origin top left. */
export type Point = readonly [x: number, y: number]

/** Shares of the picture: sums of rounded numbers miss the edge that they lie on by less. */
const ON_EDGE = 1e-9

/** Where an object stands: the middle of its box's lower edge. Two calls instead of a point, because it is asked of every object of every frame. */
export const footX = ({ x, width }: Box): number => x + width / 2
/** Never below the picture, whatever the rounding. */
export const footY = ({ y, height }: Box): number => Math.min(1, y + height)

/**
 * True if a polygon holds a point, its edges and corners included. Polygons may be concave and cross or touch themselves: what
 * they wind around is inside (the rule by which a browser's canvas fills them, so that it holds what people see filled).
 */
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let turns = 0
  let [fromX, fromY] = polygon[polygon.length - 1]!
  for (const [toX, toY] of polygon) {
    const side = (toX - fromX) * (y - fromY) - (x - fromX) * (toY - fromY)
    if (Math.abs(side) <= ON_EDGE && within(x, fromX, toX) && within(y, fromY, toY)) return true
    if (fromY <= y) {
      if (toY > y && side > 0) turns++
    } else if (toY <= y && side < 0) turns--
    fromX = toX
    fromY = toY
  }
  return turns !== 0
}

function within(value: number, a: number, b: number): boolean {
  return value >= Math.min(a, b) - ON_EDGE && value <= Math.max(a, b) + ON_EDGE
}

/** True if an edge of the polygon comes into the ellipse of these half axes around a point. */
export function isNear(
  polygon: readonly Point[],
  x: number,
  y: number,
  reachX: number,
  reachY: number,
): boolean {
  const [lastX, lastY] = polygon[polygon.length - 1]!
  let fromX = (lastX - x) / reachX
  let fromY = (lastY - y) / reachY
  for (const [cornerX, cornerY] of polygon) {
    const toX = (cornerX - x) / reachX
    const toY = (cornerY - y) / reachY
    if (toOrigin(fromX, fromY, toX, toY) <= 1) return true
    fromX = toX
    fromY = toY
  }
  return false
}

/** Distance of a stretch from the origin. */
function toOrigin(fromX: number, fromY: number, toX: number, toY: number): number {
  const alongX = toX - fromX
  const alongY = toY - fromY
  const squared = alongX * alongX + alongY * alongY
  // two corners in one place are a stretch without length
  const at = squared === 0 ? 0 : -(fromX * alongX + fromY * alongY) / squared
  const share = Math.min(1, Math.max(0, at))
  return Math.hypot(fromX + share * alongX, fromY + share * alongY)
}
