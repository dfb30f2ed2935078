import type { Camera } from '../camera/camera.js'

/** Whether the frames that come are taken. */
export interface Pulse {
  /**
   * Milliseconds for which frames have come and none of any camera was taken to be looked at; 0 if one was since the last call,
   * or if none has come: a camera that gives none is down, and says so itself.
   */
  waitingMs(nowMs: number): number
}

/** @param cameras all that there are at the time */
export function createPulse(cameras: ReadonlyMap<string, Pick<Camera, 'status'>>): Pulse {
  let seen = { frames: 0, taken: 0 }
  let since: number | undefined

  return {
    waitingMs(nowMs) {
      const now = { frames: 0, taken: 0 }
      for (const camera of cameras.values()) {
        const { frames, dropped } = camera.status()
        now.frames += frames
        // the one that lies in the mailbox counts as well, but only once
        now.taken += frames - dropped
      }
      if (since === undefined || now.taken !== seen.taken || now.frames === seen.frames) {
        seen = now
        since = nowMs
      }
      return nowMs - since
    },
  }
}
