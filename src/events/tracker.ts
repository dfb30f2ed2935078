import type { Detection } from '../cascade/detection.js'
import { iou } from '../lib/box.js'
import type { TrackedDetection } from './result.js'

/** Least overlap between an object's old and new box; ByteTrack (Zhang et al. 2022) uses 0.2 on its first, strict association. */
const MIN_IOU = 0.2
/** An object may go unseen for so long and keep its identity. */
const FORGET_MS = 2000

interface Track {
  readonly id: number
  detection: Detection
  seenAt: number
  /** Matched in the newest picture that was looked at. */
  current: boolean
}

/** Gives the objects of one camera identities that last from frame to frame. */
export interface Tracker {
  /** Matches a new look at the scene. @param atMs capture time, monotonic */
  update(detections: readonly Detection[], atMs: number): TrackedDetection[]
  /** The scene has not changed: what was in view still is. @param atMs capture time, monotonic */
  carry(atMs: number): TrackedDetection[]
}

export function createTracker(): Tracker {
  let tracks: Track[] = []
  let lastId = 0

  /** Greedy, best detections first: each takes the free track of its class that it overlaps most. */
  function match(detection: Detection): Track | undefined {
    let best: Track | undefined
    let bestIou = MIN_IOU
    for (const track of tracks) {
      if (track.current || track.detection.classId !== detection.classId) continue
      const overlap = iou(track.detection.box, detection.box)
      if (overlap > bestIou) {
        best = track
        bestIou = overlap
      }
    }
    return best
  }

  function current(): TrackedDetection[] {
    return tracks
      .filter(track => track.current)
      .map(track => ({ ...track.detection, trackId: track.id, zones: [] }))
  }

  return {
    update(detections, atMs) {
      tracks = tracks.filter(track => atMs - track.seenAt <= FORGET_MS)
      for (const track of tracks) track.current = false
      for (const detection of [...detections].sort((a, b) => b.score - a.score)) {
        const track = match(detection)
        if (track === undefined) {
          tracks.push({ id: ++lastId, detection, seenAt: atMs, current: true })
        } else {
          Object.assign(track, { detection, seenAt: atMs, current: true })
        }
      }
      return current()
    },
    carry(atMs) {
      for (const track of tracks) if (track.current) track.seenAt = atMs
      return current()
    },
  }
}
