import type { VideoFrame } from './protocol.js'

/** A frame that has waited longer for its consumer is given back for a newer one. */
const FRESH_MS = 150

/** One place for the newest frame; whoever takes a frame says when it is done with it. */
export interface Slot {
  put(frame: VideoFrame): void
  /** The next frame; waits for one. Undefined once the slot is closed; rejects with the error that it was closed with. */
  take(): Promise<VideoFrame | undefined>
  close(error?: Error): void
}

export function createSlot(): Slot {
  let waiting: { readonly frame: VideoFrame; readonly since: number } | undefined
  let ended: { readonly error: Error | undefined } | undefined
  let wake = (): void => undefined

  /** Frames are held back against credit while nobody takes them; what was held too long would be old. */
  function fresh(): VideoFrame | undefined {
    if (waiting === undefined) return undefined
    const { frame, since } = waiting
    waiting = undefined
    if (performance.now() - since <= FRESH_MS) return frame
    frame.done()
    return undefined
  }

  return {
    put(frame) {
      waiting?.frame.done()
      waiting = { frame, since: performance.now() }
      wake()
    },
    async take() {
      for (;;) {
        if (ended?.error !== undefined) throw ended.error
        if (ended !== undefined) return undefined
        const frame = fresh()
        if (frame !== undefined) return frame
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    close(error) {
      ended ??= { error }
      wake()
    },
  }
}
