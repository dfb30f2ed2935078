import type { Point } from '../lib/polygon.js'

export type { Point }

/** A part of the picture that has a name. An object is in it if the middle of its box's lower edge is: where it stands. */
export interface Zone {
  readonly name: string
  /** At least three corners. */
  readonly polygon: readonly Point[]
  /** Labels that count here; left out: all. */
  readonly labels?: readonly string[] | undefined
  /** Seconds after which an object counts as in it. */
  readonly minSeconds: number
}

/** What is drawn on a camera's picture. */
export interface Drawing {
  readonly zones: readonly Zone[]
  /** Polygons in which nothing is reported, and no motion wakes anybody. */
  readonly masks: readonly (readonly Point[])[]
}
