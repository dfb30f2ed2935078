import type { Exit } from '../../cascade/detection.js'
import type { Result } from '../../events/result.js'

/** What the list needs of a frame: results have it, and so have the decisions of `/explain`. */
export type Decision = Pick<Result, 'frame' | 'exit'>

/** Frames that stopped for the same reason, one after another but for short interruptions. */
export interface Run {
  /** Of the first of them, when it was taken (milliseconds since 1970) and what it was decided on. */
  readonly atMs: number
  readonly exit: Exit
  readonly frames: number
}

/** The last decisions, like ones folded together; never more than some screens full. */
export interface Decisions {
  /** False if the frame does not follow the one before: something is missing, or the service counts anew. */
  follows(decision: Decision): boolean
  add(decision: Decision): void
  /** Newest first, by their first frames; without short runs at the gate. */
  runs(): readonly Run[]
  clear(): void
}

/** Runs that are kept: more than there are reasons, so that no run that goes on is pushed out by the others. */
const KEPT = 48
/** At the gate frames end all the time: a run there is worth a line once it has lasted so long. */
const SETTLED_MS = 1000
/** A run may be interrupted for so long: looks come every few frames while something moves, and would cut it to pieces. */
const LULL_MS = 2000
/** A camera that gave nothing for so long was not being watched. */
const GAP_MS = 5000

interface OpenRun extends Run {
  frames: number
  lastMs: number
}

export function createDecisions(): Decisions {
  let runs: OpenRun[] = []
  let last: { readonly id: number; readonly atMs: number } | undefined

  /** The run that a frame goes on with; none that lies below runs that have all ended: there nobody would look for it. */
  function find({ stage, reason }: Exit, atMs: number): OpenRun | undefined {
    const isOpen = (run: OpenRun) => atMs - run.lastMs <= LULL_MS
    const at = runs.findIndex(
      run =>
        run.exit.stage === stage &&
        run.exit.reason === reason &&
        // The regular full look says each time that nothing has happened in between: one line is enough.
        (isOpen(run) || reason === 'refresh'),
    )
    return at === 0 || runs.slice(0, Math.max(0, at)).some(isOpen) ? runs[at] : undefined
  }

  return {
    follows({ frame }) {
      if (!last) return false
      return frame.id > last.id && Date.parse(frame.capturedAt) - last.atMs < GAP_MS
    },
    add({ frame, exit }) {
      const atMs = Date.parse(frame.capturedAt)
      last = { id: frame.id, atMs }
      const run = find(exit, atMs)
      if (run) {
        run.frames += 1
        run.lastMs = atMs
      } else runs = [{ atMs, exit, frames: 1, lastMs: atMs }, ...runs.slice(0, KEPT - 1)]
    },
    runs: () =>
      runs.filter(({ exit, atMs, lastMs }) => exit.stage !== 'gate' || lastMs - atMs >= SETTLED_MS),
    clear() {
      runs = []
      last = undefined
    },
  }
}
