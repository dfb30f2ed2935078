import type { EncodedPicture, Picture } from '../frame/frame.js'
import type { createViewer, View } from '../frame/view.js'
import { monotonicMs } from '../lib/clock.js'
import { round } from '../lib/round.js'
import type { Detection, StageTimings } from './detection.js'
import type { Detector } from './session.js'
import { toDetections } from './suppress.js'

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
  /** All that a network sees, from `floor` up. */
  scout(floor: number): Promise<Detection[]>
  expert(floor: number): Promise<Detection[]>
  timings(): StageTimings
}

/** Opens pictures. Rejects with a PICTURE_ code if one cannot be read. */
export type Open = (picture: Picture | EncodedPicture) => Promise<Opened>

export interface StagesOptions {
  readonly view: ReturnType<typeof createViewer>
  readonly scout: Detector
  readonly expert: Detector
}

/** The stages as they run on pictures: unpacking, gate, scout, expert, each with its time. */
export function createStages({ view, scout, expert }: StagesOptions): Open {
  return async picture => {
    const startedAt = monotonicMs()
    const opened = await view(picture)
    const spent = { decode: monotonicMs() - startedAt, gate: 0, scout: 0, expert: 0 }
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
      expert: floor => see(opened, expert, floor, spent),
      timings: () => ({
        decode: round(spent.decode, 3),
        gate: round(spent.gate, 3),
        scout: round(spent.scout, 3),
        expert: round(spent.expert, 3),
      }),
    }
  }
}

async function see(
  view: View,
  { model, place, run }: Detector,
  floor: number,
  spent: { -readonly [stage in keyof StageTimings]: number },
): Promise<Detection[]> {
  const decodeStart = monotonicMs()
  const placed = place(view)
  const rgb = await view.rgb(placed)
  const runStart = monotonicMs()
  spent.decode += runStart - decodeStart
  const rows = await run(rgb, placed, floor)
  const detections = toDetections(rows, model, placed, floor)
  spent[model.role] += monotonicMs() - runStart
  return detections
}
