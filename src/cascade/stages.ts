import type { EncodedPicture, Picture } from '../frame/frame.js'
import type { createViewer, View } from '../frame/view.js'
import { monotonicMs } from '../lib/clock.js'
import { round } from '../lib/round.js'
import type { Detection, LookTimings, Where } from './detection.js'
import type { Placement } from './input.js'
import { type ClassThresholds, floorOf } from './policy.js'
import type { RemoteExpert, Wait } from './remote/remote-expert.js'
import type { Detector } from './session.js'
import { toDetections } from './suppress.js'

/** What an expert sees. */
export interface Sight {
  readonly detections: Detection[]
  readonly at: Where
  /** Those of the network that looked. */
  readonly thresholds: ClassThresholds
}

/** One picture, open for the stages to look at; what each takes is added up. */
export interface Opened {
  /** Pixels. */
  readonly width: number
  readonly height: number
  readonly startedAt: number
  /** @param out [96, 160] uint8 luma, overwritten */
  thumbnail(out: Uint8Array): Promise<void>
  /** Runs `work` as the gate's. */
  gate<T>(work: () => T): T
  /** All that the scout sees, from `floor` up. */
  scout(floor: number): Promise<Detection[]>
  /** All that an expert sees, from `floor` up; left out: all that it does not call absent. */
  expert(floor?: number): Promise<Sight>
  timings(): LookTimings
}

/** Opens pictures. Rejects with a PICTURE_ code if one cannot be read. */
export type Open = (picture: Picture | EncodedPicture) => Promise<Opened>

export interface StagesOptions {
  readonly view: ReturnType<typeof createViewer>
  readonly scout: Detector
  readonly expert: Detector
  /** Asked instead of the expert here, as long as it answers. */
  readonly remote?: RemoteExpert | undefined
  /** How to wait for it: other pictures may be looked at meanwhile. */
  readonly away?: Wait
}

type Spent = { -readonly [stage in keyof LookTimings]: number }

/** The stages as they run on pictures: unpacking, gate, scout, expert, each with its time. */
export function createStages(options: StagesOptions): Open {
  const { view, scout, expert, remote, away = answer => answer } = options
  return async picture => {
    const startedAt = monotonicMs()
    const opened = await view(picture)
    const spent = { decode: monotonicMs() - startedAt, gate: 0, scout: 0, expert: 0, remote: 0 }

    const wait: Wait = async answer => {
      const start = monotonicMs()
      try {
        return await away(answer)
      } finally {
        spent.remote += monotonicMs() - start
      }
    }

    /** undefined: the expert here has to look. */
    async function askRemote(floor: number | undefined): Promise<Sight | undefined> {
      if (remote === undefined || !remote.admits()) return undefined
      const { thresholds } = remote.model
      const from = floor ?? floorOf(thresholds)
      return timed(opened, remote, spent, async (rgb, placed) => {
        const rows = await remote.run(rgb, placed, from, wait)
        if (rows === undefined) return undefined
        const detections = toDetections(rows, remote.model, placed, from)
        return { detections, at: 'remote', thresholds }
      })
    }

    return {
      width: opened.width,
      height: opened.height,
      startedAt,
      async thumbnail(out) {
        const start = monotonicMs()
        await opened.thumbnail(out)
        spent.decode += monotonicMs() - start
      },
      gate(work) {
        const start = monotonicMs()
        const done = work()
        spent.gate += monotonicMs() - start
        return done
      },
      scout: floor => see(opened, scout, floor, spent),
      async expert(floor) {
        const sight = await askRemote(floor)
        if (sight !== undefined) return sight
        const { thresholds } = expert.model
        const detections = await see(opened, expert, floor ?? floorOf(thresholds), spent)
        return { detections, at: 'local', thresholds }
      },
      timings: () => ({
        decode: round(spent.decode, 3),
        gate: round(spent.gate, 3),
        scout: round(spent.scout, 3),
        expert: round(spent.expert, 3),
        remote: round(spent.remote, 3),
      }),
    }
  }
}

function see(view: View, detector: Detector, floor: number, spent: Spent): Promise<Detection[]> {
  return timed(view, detector, spent, async (rgb, placed) =>
    toDetections(await detector.run(rgb, placed, floor), detector.model, placed, floor),
  )
}

/** Adds what `look` takes to the time of its stage, without the time that it waited. */
async function timed<T>(
  view: View,
  { model, place }: Pick<Detector, 'model' | 'place'>,
  spent: Spent,
  look: (rgb: Uint8Array, placed: Placement) => Promise<T>,
): Promise<T> {
  const decodeStart = monotonicMs()
  const placed = place(view)
  const rgb = await view.rgb(placed)
  const lookStart = monotonicMs()
  spent.decode += lookStart - decodeStart
  const waitedBefore = spent.remote
  const seen = await look(rgb, placed)
  spent[model.role] += monotonicMs() - lookStart - (spent.remote - waitedBefore)
  return seen
}
