import type { CameraStatus } from '../../camera/camera.js'

/** Each camera is told of every 2 s: one that others were told of so often without is gone. */
const TELLINGS = 3
/** And never sooner than this: what a slow line held back comes at once. */
const SILENT_MS = 7000

/** Which cameras the service has: its configuration may change while the page is open. */
export interface Roster {
  /** The service has greeted: these and no others. */
  greet(statuses: readonly CameraStatus[]): void
  /** The state of one. True if it is a new one, or if another one is gone. */
  hear(status: CameraStatus): boolean
  cameras(): readonly CameraStatus[]
}

interface Heard {
  readonly status: CameraStatus
  /** When it was last told of, oldest first. */
  readonly times: readonly number[]
}

/** @param now milliseconds of a clock that is never set */
export function createRoster(now: () => number): Roster {
  const heard = new Map<string, Heard>()

  return {
    greet(statuses) {
      heard.clear()
      for (const status of statuses) heard.set(status.id, { status, times: [now()] })
    },
    hear(status) {
      const known = heard.get(status.id)
      const times = [...(known?.times.slice(1 - TELLINGS) ?? []), now()]
      heard.set(status.id, { status, times })
      const isFull = times.length === TELLINGS
      const first = times[0]!
      const gone = [...heard].filter(([, other]) => {
        const last = other.times.at(-1)!
        return isFull && first > last && now() - last > SILENT_MS
      })
      for (const [camera] of gone) heard.delete(camera)
      return known === undefined || gone.length > 0
    },
    cameras: () => [...heard.values()].map(({ status }) => status),
  }
}
