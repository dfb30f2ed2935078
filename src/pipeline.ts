import type { Camera } from './camera/camera.js'
import type { Cascade } from './cascade/cascade.js'
import type { Look, Tracked } from './cascade/detection.js'
import { FULL_EFFORT } from './cascade/effort.js'
import type { Result } from './events/result.js'
import type { Frame } from './frame/frame.js'
import { isoTime, monotonicMs } from './lib/clock.js'
import { codeOf, SquintError } from './lib/errors.js'
import { round } from './lib/round.js'
import type { EnergyModel } from './power/model.js'

export interface PipelineOptions {
  readonly camera: Camera
  readonly cascade: Pick<Cascade, 'watch'>
  readonly energy: Pick<EnergyModel, 'attribute'>
  /** Frames older than this are dropped, not analysed late. */
  readonly maxAgeMs: number
  publish(result: Result): void
  /** A frame gets no result: it was too old, or could not be looked at. */
  onSkipped(why: 'stale' | 'failed', error: unknown): void
}

/** The loop of one camera: frame, cascade, events, outputs; until the camera ends or the cascade closes. */
export async function runPipeline(options: PipelineOptions): Promise<void> {
  const { camera, cascade, energy, maxAgeMs } = options
  for (let frame = await camera.next(); frame !== undefined; frame = await camera.next()) {
    const ageMs = Math.round(monotonicMs() - frame.capturedAt)
    if (ageMs > maxAgeMs) {
      const message = `expected a frame at most ${maxAgeMs} ms old, found ${ageMs} ms`
      options.onSkipped('stale', new SquintError('FRAME_STALE', message))
      continue
    }
    try {
      const look = await cascade.watch(frame, FULL_EFFORT)
      options.publish(toResult(frame, look, energy))
    } catch (error) {
      if (codeOf(error) === 'CLOSED') return
      options.onSkipped('failed', error)
    }
  }
}

function toResult(
  frame: Frame,
  { startedAt, width, height, exit, detections, timingsMs }: Look<Tracked>,
  energy: Pick<EnergyModel, 'attribute'>,
): Result {
  const ageMs = round(monotonicMs() - frame.capturedAt, 3)
  return {
    camera: frame.camera,
    frame: {
      id: frame.id,
      capturedAt: isoTime(frame.capturedWallMs),
      ageMs,
      width,
      height,
    },
    exit,
    detections: detections.map(detection => ({ ...detection, zones: [] })),
    timingsMs: { queue: round(startedAt - frame.capturedAt, 3), ...timingsMs, total: ageMs },
    energyMj: energy.attribute(timingsMs),
  }
}
