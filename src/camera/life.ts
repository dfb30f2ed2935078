import { monotonicMs } from '../lib/clock.js'
import { SquintError } from '../lib/errors.js'
import { openLifetime } from '../lib/lifetime.js'
import { sleep } from '../lib/sleep.js'
import type { PictureSink, Source } from './camera.js'

export interface LifeOptions {
  readonly source: Source
  readonly sink: PictureSink
  /** Milliseconds without a picture or a sign of life after which the source counts as stalled: before the first picture, and after it. */
  readonly startMs: number
  readonly stallMs: number
  readonly signal: AbortSignal
}

export interface LifeEnd {
  /** Why it broke; undefined if the material ended by itself. */
  readonly error?: unknown
  readonly ended: boolean
  /** Milliseconds from the first picture to the end; 0 if none came. */
  readonly streamedMs: number
}

/** Runs a source once, from opening to its end, and stops it when it stalls. Never rejects. */
export async function live(options: LifeOptions): Promise<LifeEnd> {
  const { source, sink, startMs, stallMs, signal } = options
  const life = openLifetime(signal)
  const over = life.signal
  const began = monotonicMs()
  const seen = { pictures: 0, firstAt: began, lastAt: began, heldBack: 0 }

  const guarded: PictureSink = {
    put(picture) {
      // What a stopped source still brings belongs to nobody.
      if (over.aborted) return
      seen.lastAt = monotonicMs()
      if (seen.pictures === 0) seen.firstAt = seen.lastAt
      seen.pictures += 1
      sink.put(picture)
    },
    async taken(signal) {
      seen.heldBack += 1
      await sink.taken(signal)
      seen.heldBack -= 1
      seen.lastAt = monotonicMs()
    },
    lost: reason => sink.lost(reason),
    alive() {
      seen.lastAt = monotonicMs()
      sink.alive()
    },
  }

  async function watchdog(): Promise<void> {
    while (!over.aborted) {
      const limit = seen.pictures === 0 ? startMs : stallMs
      // A source that waits for us has not stalled.
      const silentMs = seen.heldBack > 0 ? 0 : monotonicMs() - seen.lastAt
      if (silentMs >= limit) {
        const message = `no picture for ${Math.round(silentMs)} ms, expected one within ${limit} ms`
        life.abort(new SquintError('CAMERA_STALLED', message))
      }
      // after the first picture, which may come any moment, less patience is due
      await sleep(Math.min(limit - silentMs, stallMs), over).catch(() => {})
    }
  }

  const watching = watchdog()
  const end = await source.run(guarded, over).then(
    () => ({ ended: !over.aborted, error: over.reason }),
    error => ({ ended: false, error: over.aborted ? over.reason : error }),
  )
  const streamedMs = monotonicMs() - seen.firstAt
  life.abort()
  await watching
  life.end()
  return { ...end, streamedMs: seen.pictures > 0 ? streamedMs : 0 }
}
