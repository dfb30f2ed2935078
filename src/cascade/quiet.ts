import type { Exit } from './detection.js'

/** Milliseconds without motion after which a camera may rest: people who only pause should not cost it a new start. */
const REST_AFTER_MS = 5000

/** Says if a scene has been quiet for a while, given the exit and capture time (monotonic milliseconds) of each frame in turn. */
export function createQuietness(afterMs = REST_AFTER_MS): (exit: Exit, atMs: number) => boolean {
  let movedAt: number | undefined
  return ({ motion, reason }, atMs) => {
    // a frame that nobody looked at says nothing
    if (movedAt === undefined || (motion > 0 && reason !== 'paced')) movedAt = atMs
    return atMs - movedAt >= afterMs
  }
}
