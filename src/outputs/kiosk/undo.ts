/** Steps that can be taken back: a drawing by hand has fewer. */
const MOST = 200

/** A value that changes step by step, and back. */
export interface Undo<T> {
  now(): T
  /**
   * The same value is no step.
   * @param run steps of the same run, such as the moves of one drag, are taken back as one
   */
  change(next: T, run?: string): void
  /** The value is another one, and that is no step: something else was chosen. */
  turn(next: T): void
  /** False if there was nothing to take back. */
  undo(): boolean
  canUndo(): boolean
}

export function createUndo<T>(first: T): Undo<T> {
  let value = first
  let past: readonly T[] = []
  let lastRun: string | undefined
  return {
    now: () => value,
    change(next, run) {
      if (next === value) return
      if (run === undefined || run !== lastRun) past = [...past.slice(1 - MOST), value]
      lastRun = run
      value = next
    },
    turn(next) {
      value = next
    },
    undo() {
      const before = past.at(-1)
      if (before === undefined) return false
      past = past.slice(0, -1)
      lastRun = undefined
      value = before
      return true
    },
    canUndo: () => past.length > 0,
  }
}
