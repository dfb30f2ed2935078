import type { Detection, Stage, StageTimings } from '../cascade/detection.js'
import { createGate } from '../cascade/gate/gate.js'
import { floorOf } from '../cascade/policy.js'
import type { Opened } from '../cascade/stages.js'
import type { Model } from '../cascade/zoo.js'
import type { Picture } from '../frame/frame.js'
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from '../frame/thumbnail.js'
import { located, SquintError } from '../lib/errors.js'
import type { Clip } from './material.js'
import { percentile } from './summary.js'
import type { Workbench } from './workbench.js'

/** Thumbnails of so many frames take 310 megabytes. */
const MAX_FRAMES = 20_000
/** A part to search on and a part to hold out. */
const MIN_FRAMES = 3

/** All that any policy could ask of one frame. */
export interface RecordedFrame {
  /** [96, 160] uint8 */
  readonly luma: Uint8Array
  readonly scout: readonly Detection[]
  readonly expert: readonly Detection[]
}

/** A clip with what gate, scout and expert see in each frame, and what each takes. */
export interface Recording {
  readonly fps: number
  readonly width: number
  readonly height: number
  readonly frames: readonly RecordedFrame[]
  /** Medians: reading a frame for the gate, and what scout and expert take in addition. */
  readonly costs: {
    readonly read: StageTimings
    readonly scout: StageTimings
    readonly expert: StageTimings
  }
}

/** Scores below it no policy asks for: a band of doubt that is half as wide again ends above it. */
const FLOOR_DOUBT = 1.5

/** Looks at every frame of a clip with everything there is. Rejects with CONFIG_INVALID for a clip that is too short or too long. */
export async function record(
  clip: Clip,
  bench: Pick<Workbench, 'scout' | 'open'>,
  onFrame: () => void,
  maxFrames = MAX_FRAMES,
): Promise<Recording> {
  const scoutFloor = floorOf(bench.scout.thresholds, FLOOR_DOUBT)
  const gate = createGate()
  const frames: RecordedFrame[] = []
  const spent: Record<'read' | 'scout' | 'expert', StageTimings[]> = {
    read: [],
    scout: [],
    expert: [],
  }
  let size = { width: 0, height: 0 }

  async function lookAt(picture: Picture): Promise<void> {
    const opened = await bench.open(picture)
    const luma = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT)
    await opened.thumbnail(luma)
    opened.gate(() => gate.read(luma, (frames.length * 1000) / clip.fps))
    const read = opened.timings()
    const scout = await opened.scout(scoutFloor)
    const scouted = opened.timings()
    const { detections: expert } = await opened.expert()
    spent.read.push(read)
    spent.scout.push(difference(scouted, read))
    spent.expert.push(difference(opened.timings(), scouted))
    size = { width: opened.width, height: opened.height }
    frames.push({ luma, scout, expert })
  }

  for await (const picture of clip.frames()) {
    if (frames.length === maxFrames) throw wrong(clip, `at most ${maxFrames}`, 'more')
    await located(`frame ${frames.length}`, lookAt(picture))
    onFrame()
  }
  if (frames.length < MIN_FRAMES) throw wrong(clip, `at least ${MIN_FRAMES}`, `${frames.length}`)
  const costs = {
    read: medianOf(spent.read),
    scout: medianOf(spent.scout),
    expert: medianOf(spent.expert),
  }
  return { fps: clip.fps, ...size, frames, costs }
}

function wrong({ path }: Clip, expected: string, found: string): SquintError {
  return new SquintError('CONFIG_INVALID', `${path}: expected ${expected} frames, found ${found}`)
}

/** A recorded frame as the cascade opens one; it takes what such a frame takes in the median. @param expert that was recorded */
export function openRecorded(
  { width, height, costs }: Recording,
  frame: RecordedFrame,
  { thresholds }: Pick<Model, 'thresholds'>,
): Opened {
  const spent = { decode: 0, gate: 0, scout: 0, expert: 0, remote: 0 }
  const add = (cost: StageTimings): void => {
    for (const stage of STAGES) spent[stage] += cost[stage]
  }
  return {
    width,
    height,
    startedAt: 0,
    async thumbnail(out) {
      add(costs.read)
      out.set(frame.luma)
    },
    gate: work => work(),
    async scout(floor) {
      add(costs.scout)
      return frame.scout.filter(({ score }) => score >= floor)
    },
    async expert(floor = 0) {
      add(costs.expert)
      const detections = frame.expert.filter(({ score }) => score >= floor)
      return { detections, at: 'local', thresholds }
    },
    timings: () => spent,
  }
}

const STAGES: readonly (Stage | 'decode')[] = ['decode', 'gate', 'scout', 'expert']

function difference(after: StageTimings, before: StageTimings): StageTimings {
  return {
    decode: after.decode - before.decode,
    gate: after.gate - before.gate,
    scout: after.scout - before.scout,
    expert: after.expert - before.expert,
  }
}

function medianOf(timings: readonly StageTimings[]): StageTimings {
  const median = (stage: Stage | 'decode') =>
    percentile(
      timings.map(timing => timing[stage]),
      0.5,
    )
  return {
    decode: median('decode'),
    gate: median('gate'),
    scout: median('scout'),
    expert: median('expert'),
  }
}
