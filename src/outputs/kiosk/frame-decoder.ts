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
  /** So many more frames may be sent. */
  readonly onCredit: (frames: number) => void
  readonly signal: AbortSignal
}

export interface FrameDecoder {
  put(frame: VideoFrame): void
  /** The decoded picture, once; taking it lets the next one be sent and decoded. */
  take(): Shown | undefined
  /** Goes on after the page was hidden. */
  resume(): void
  /** Forgets what the last connection still owed. */
  reset(): void
}

/**
 * Decodes one picture at a time, on the browser's own thread. One compressed picture may wait, one decoded picture
 * may wait to be drawn, and one more is on the screen: so never more than two bitmaps live.
 */
export function createFrameDecoder(options: DecoderOptions): FrameDecoder {
  let waiting: VideoFrame | undefined
  let ready: Shown | undefined
  let decoding = false
  let owed = 0
  let generation = 0

  // A hidden page gives no credit, so the service sends it nothing; what it owes is given when it is looked at again.
  function release(): void {
    owed += 1
    if (document.hidden) return
    options.onCredit(owed)
    owed = 0
  }

  async function decode(frame: VideoFrame): Promise<void> {
    const ours = generation
    decoding = true
    try {
      const bitmap = await createImageBitmap(new Blob([frame.jpeg], { type: 'image/jpeg' }))
      if (options.signal.aborted || ours !== generation) bitmap.close()
      else ready = { bitmap, id: frame.id, capturedWallMs: frame.capturedWallMs }
    } catch {
      // A torn JPEG: the next one will do.
      if (ours === generation) release()
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
    ready?.bitmap.close()
    ready = undefined
    waiting = undefined
  })

  return {
    put(frame) {
      if (options.signal.aborted) return
      if (waiting) release()
      waiting = frame
      pump()
    },
    take() {
      const taken = ready
      if (!taken) return undefined
      ready = undefined
      release()
      pump()
      return taken
    },
    resume() {
      if (owed > 0) {
        options.onCredit(owed)
        owed = 0
      }
      if (ready) options.onReady()
      else pump()
    },
    reset() {
      generation += 1
      ready?.bitmap.close()
      ready = undefined
      waiting = undefined
      owed = 0
    },
  }
}
