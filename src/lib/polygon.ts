/** Corner of a polygon, in shares of the frame: x, y, origin top left. */
export type Point = readonly [x: number, y: number]

/** Whether a point lies in a polygon, by the even-odd rule: a ray to the right crosses its outline an odd number of times. */
export function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false
  let [fromX, fromY] = polygon.at(-1)!
  for (const [toX, toY] of polygon) {
    if (fromY > y !== toY > y && x < fromX + ((toX - fromX) * (y - fromY)) / (toY - fromY)) {
      inside = !inside
    }
    fromX = toX
    fromY = toY
  }
  return inside
}
