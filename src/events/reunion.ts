import { type Box, iou } from '../lib/box.js'
import type { TrackedDetection } from './result.js'

/** Of its own size, from where it was: half a second's walk. */
const REACH = 1
/** Nothing grows or shrinks by more while nobody sees it. */
const SIZE_FACTOR = 2
/** Overlap from which two names are given to one thing. */
const SAME_THING = 0.7

/** An object that is not among those that are seen now. */
export interface Missing {
  /** As it was seen last. */
  readonly detection: { readonly label: string; readonly box: Box }
}

/** Distance between middles in sizes (roots of the area) of the larger. @param aspect width of the picture by its height */
export function apart(a: Box, b: Box, aspect: number): number {
  const across = (a.x + a.width / 2 - b.x - b.width / 2) * aspect
  const down = a.y + a.height / 2 - b.y - b.height / 2
  // many times as fast as Math.hypot, and asked of every object of every frame
  const distance = Math.sqrt(across * across + down * down)
  return distance / Math.max(sizeOf(a, aspect), sizeOf(b, aspect))
}

/** True if something known by this box is so near that it can be the same thing, moved. */
export function isReachable(a: Box, b: Box, aspect: number): boolean {
  const factor = sizeOf(a, aspect) / sizeOf(b, aspect)
  return apart(a, b, aspect) <= REACH && factor <= SIZE_FACTOR && factor >= 1 / SIZE_FACTOR
}

/** True if two boxes lie so much upon each other that they are one thing, whatever it is called. */
export function isSameThing(a: Box, b: Box): boolean {
  return iou(a, b) >= SAME_THING
}

/**
 * Finds objects that are missing among tracks that nobody knows: after an occlusion, and when another model counts anew. Nearest
 * first, so that a group that is renumbered keeps its order.
 * @param mayRename whether one label may be another name for the other
 * @returns for each newcomer who it is, or undefined
 */
export function reunite<M extends Missing>(
  newcomers: readonly TrackedDetection[],
  missing: readonly M[],
  aspect: number,
  mayRename: (a: string, b: string) => boolean,
): (M | undefined)[] {
  const pairs: { newcomer: number; object: M; closeness: number }[] = []
  newcomers.forEach(({ label, box }, newcomer) => {
    for (const object of missing) {
      const before = object.detection
      const possible =
        label === before.label
          ? isReachable(box, before.box, aspect)
          : isSameThing(box, before.box) && mayRename(label, before.label)
      if (!possible) continue
      const closeness = iou(box, before.box) - apart(box, before.box, aspect)
      pairs.push({ newcomer, object, closeness })
    }
  })
  pairs.sort((a, b) => b.closeness - a.closeness)
  const found = newcomers.map((): M | undefined => undefined)
  const taken = new Set<M>()
  for (const { newcomer, object } of pairs) {
    if (found[newcomer] !== undefined || taken.has(object)) continue
    found[newcomer] = object
    taken.add(object)
  }
  return found
}

function sizeOf({ width, height }: Box, aspect: number): number {
  return Math.sqrt(width * aspect * height)
}
