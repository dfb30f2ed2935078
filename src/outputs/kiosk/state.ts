import type { CameraStatus } from '../../camera/camera.js'
import { duration } from './numbers.js'

/** What lies over the picture when it is not live. */
export interface Notice {
  readonly title: string
  readonly detail: string
  /** The title without what changes every second, for a screen reader. */
  readonly spoken: string
}

export interface Situation {
  readonly status: CameraStatus
  /** When the next try to connect is, on performance.now()'s clock; undefined while connected. */
  readonly retryAt: number | undefined
  /** Milliseconds since the picture on the screen was taken; undefined before the first. */
  readonly pictureAgeMs: number | undefined
}

/** A picture older than this is not live; slower cameras get three of their own periods. */
const STALE_MS = 5000

function say(title: string, detail: string): Notice {
  return { title, detail, spoken: title }
}

function tolerance(fps: number): number {
  return Math.max(STALE_MS, fps > 0 ? 3000 / fps : 0)
}

/** The notice to show, or undefined if the picture is live. An old picture is never passed off as a live one. */
export function noticeFor({ status, retryAt, pictureAgeMs }: Situation): Notice | undefined {
  if (retryAt !== undefined) {
    const left = Math.ceil((retryAt - performance.now()) / 1000)
    return say('Connection lost', left > 0 ? `trying again in ${left} s` : 'trying again')
  }
  switch (status.state) {
    case 'starting':
      return say('Starting', status.label)
    case 'ended':
      return say('Ended', 'the recording is over')
    case 'closed':
      return say('Closed', 'this camera is switched off')
    case 'waiting':
      return waiting(status, pictureAgeMs)
    case 'streaming':
      if (pictureAgeMs === undefined) return say('Starting', 'no picture yet')
      return pictureAgeMs > tolerance(status.fps) ? stalled(pictureAgeMs) : undefined
  }
}

function waiting(status: CameraStatus, pictureAgeMs: number | undefined): Notice {
  const why = status.error
  if (why?.code === 'CAMERA_STALLED' || (!why && pictureAgeMs !== undefined)) {
    return stalled(pictureAgeMs ?? status.ageMs ?? 0)
  }
  return say('No camera', why ? `${why.message}, trying again` : 'trying again')
}

function stalled(ageMs: number): Notice {
  const title = `No new picture for ${duration(ageMs)}`
  return { title, detail: 'trying again', spoken: 'No new picture' }
}
