import type { VideoFrame } from '../client/protocol.js'

/** A decoded picture; whoever holds it closes it. */
export interface Shown {
  readonly bitmap: ImageBitmap
  readonly id: number
  readonly capturedWallMs: number
}

export interface DecoderOptions {
  /** A picture is ready to be taken. */
  readonly onReady: () => void
  readonly signal: AbortSignal
}

export interface FrameDecoder {
  put(frame: VideoFrame): void
  /** The decoded picture, once; taking it lets the next one be sent and decoded. */
  take(): Shown | undefined
  /** Goes on after the page was hidden. */
  resume(): void
  /** Forgets the pictures of the last connection. */
  reset(): void
}

/**
 * Decodes one picture at a time, on the browser's own thread. One compressed picture may wait, one decoded picture
 * may wait to be drawn, and one more is on the screen: so never more than two bitmaps live.
 */
export function createFrameDecoder(options: DecoderOptions): FrameDecoder {
  let waiting: VideoFrame | undefined
  let ready: { readonly shown: Shown; readonly frame: VideoFrame } | undefined
  let decoding = false
  let owed: VideoFrame[] = []
  let generation = 0

  // A hidden page gives no credit, so the service sends it nothing; what it owes is given when it is looked at again.
  function release(frame: VideoFrame): void {
    owed.push(frame)
    if (document.hidden) return
    for (const { done } of owed) done()
    owed = []
  }

  async function decode(frame: VideoFrame): Promise<void> {
    const ours = generation
    decoding = true
    try {
      const bitmap = await createImageBitmap(new Blob([frame.jpeg], { type: 'image/jpeg' }))
      if (options.signal.aborted || ours !== generation) bitmap.close()
      else ready = { frame, shown: { bitmap, id: frame.id, capturedWallMs: frame.capturedWallMs } }
    } catch {
      // A torn JPEG: the next one will do.
      if (ours === generation) release(frame)
    }
    decoding = false
    if (ready) options.onReady()
    else pump()
  }

  function pump(): void {
    if (!waiting || decoding || ready || document.hidden || options.signal.aborted) return
    const frame = waiting
    waiting = undefined
    void decode(frame)
  }

  options.signal.addEventListener('abort', () => {
    ready?.shown.bitmap.close()
    ready = undefined
    waiting = undefined
  })

  return {
    put(frame) {
      if (options.signal.aborted) return
      if (waiting) release(waiting)
      waiting = frame
      pump()
    },
    take() {
      const taken = ready
      if (!taken) return undefined
      ready = undefined
      release(taken.frame)
      pump()
      return taken.shown
    },
    resume() {
      for (const { done } of owed) done()
      owed = []
      if (ready) options.onReady()
      else pump()
    },
    reset() {
      generation += 1
      ready?.shown.bitmap.close()
      ready = undefined
      waiting = undefined
      owed = []
    },
  }
}
