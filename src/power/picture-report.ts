import type { Detection, Exit, Look, LookTimings } from '../cascade/detection.js'
import { round } from '../lib/round.js'
import type { Attribution, FrameEnergy } from './energy.js'

/** What is said of one picture that belongs to no camera. */
export interface PictureReport {
  readonly frame: { readonly width: number; readonly height: number }
  readonly exit: Exit
  readonly detections: readonly Detection[]
  readonly timingsMs: LookTimings & { readonly total: number }
  readonly energyMj: FrameEnergy
}

export function reportPicture(look: Look, energy: Pick<Attribution, 'attribute'>): PictureReport {
  const { width, height, exit, detections, timingsMs } = look
  const { decode, gate, scout, expert, remote } = timingsMs
  return {
    frame: { width, height },
    exit,
    detections,
    timingsMs: { ...timingsMs, total: round(decode + gate + scout + expert + remote, 3) },
    energyMj: energy.attribute(timingsMs),
  }
}
