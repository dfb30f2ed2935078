import type { Frame, Picture } from '../frame/frame.js'
import { mailbox } from '../frame/mailbox.js'
import { backoff } from '../lib/backoff.js'
import { monotonicMs, wallMs } from '../lib/clock.js'
import { codeOf, messageOf, SquintError } from '../lib/errors.js'
import { maskUrls } from '../lib/mask.js'
import { sleep } from '../lib/sleep.js'
import type { Camera, CameraState, CameraStatus, PictureSink, Source } from './camera.js'
import { live } from './life.js'
import { rateMeter } from './rate.js'

/** The part of a pino logger that cameras use. */
export interface CameraLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface SuperviseOptions {
  readonly id: string
  /** Id of the last frame that an earlier camera of this name gave. */
  readonly lastFrame?: number
  readonly source: Source
  readonly log: CameraLog
  /** Milliseconds to the first picture, and from picture to picture, after which the source is stopped and started again. */
  readonly startMs?: number
  readonly stallMs?: number
  /** From the beginning of one try to that of the next, but at least the first step from its end. */
  readonly retryMs?: readonly [number, ...number[]]
  /** Milliseconds of pictures after which the waits begin from the first step again. */
  readonly healthyMs?: number
  /** Milliseconds that `close` waits at most for the source to settle. */
  readonly closeMs?: number
}

/** Keeps a source going: starts it at once, starts it again whenever it breaks or stalls, and presents it as a camera. Never throws. */
export function supervise(options: SuperviseOptions): Camera {
  const {
    id,
    lastFrame = 0,
    source,
    log,
    startMs = 20_000,
    stallMs = 10_000,
    closeMs = 4500,
  } = options
  const { retryMs: stepsMs = [1000, 5000, 10_000, 20_000], healthyMs = 60_000 } = options
  const { kind, label } = source
  const closing = new AbortController()
  const { signal } = closing
  const box = mailbox<Frame>()
  /** Whoever sees every frame, and what lets them go. */
  const watchers = new Map<(frame: Frame) => void, () => void>()
  const rate = rateMeter()
  const ladder = backoff({ stepsMs, healthyMs })
  let newest: Frame | undefined
  let state: CameraState = 'starting'
  let error: CameraStatus['error'] = null
  let frames = 0
  let lost = 0
  let restarts = 0

  function deliver(picture: Picture): void {
    frames += 1
    rate.mark()
    state = 'streaming'
    error = null
    const stamps = { capturedAt: monotonicMs(), capturedWallMs: wallMs() }
    newest = { camera: id, id: lastFrame + frames, ...stamps, picture }
    box.put(newest)
    for (const watcher of watchers.keys()) show(watcher, newest)
  }

  function show(watcher: (frame: Frame) => void, frame: Frame): void {
    try {
      watcher(frame)
    } catch (cause) {
      watchers.get(watcher)?.()
      log.warn({ camera: id, error: maskUrls(messageOf(cause)) }, 'a watcher threw and was removed')
    }
  }

  const sink: PictureSink = {
    put: deliver,
    taken: box.taken,
    lost(reason) {
      lost += 1
      // Every loss is counted; a bad cable would fill the log.
      if (lost === 1) log.warn({ camera: id, reason }, 'first picture lost')
    },
    alive() {},
  }

  async function keepAlive(): Promise<void> {
    for (;;) {
      const begunAt = monotonicMs()
      const end = await live({ source, sink, startMs, stallMs, signal })
      if (signal.aborted) return
      if (end.ended) {
        state = 'ended'
        log.info({ camera: id, frames }, 'camera ended')
        return box.close()
      }
      // a try that was long itself has waited: what is well again must be found within 30 s, also if the try began just before
      const stepMs = ladder.next(end.streamedMs) - (monotonicMs() - begunAt)
      const waitMs = Math.round(Math.max(stepsMs[0], stepMs))
      state = 'waiting'
      error = { code: codeOf(end.error), message: maskUrls(messageOf(end.error)) }
      log.warn({ camera: id, ...error, waitMs, restarts }, 'camera broke, will try again')
      await sleep(waitMs, signal).catch(() => {})
      if (signal.aborted) return
      restarts += 1
      state = 'starting'
    }
  }

  log.info({ camera: id, kind, label }, 'camera opens')
  const running = keepAlive()

  return {
    id,
    kind,
    async next() {
      return signal.aborted ? undefined : box.take()
    },
    latest: () => newest,
    watch(listener, until) {
      if (until.aborted || signal.aborted) return
      const leave = () => {
        watchers.delete(listener)
        until.removeEventListener('abort', leave)
      }
      watchers.set(listener, leave)
      until.addEventListener('abort', leave)
    },
    status() {
      return {
        id,
        kind,
        label,
        state,
        frames,
        fps: rate.perSecond(),
        ageMs: newest ? monotonicMs() - newest.capturedAt : null,
        width: newest?.picture.width ?? null,
        height: newest?.picture.height ?? null,
        dropped: box.dropped,
        lost,
        restarts,
        resting: source.resting ?? false,
        error,
      }
    },
    rest: quiet => source.rest?.(quiet),
    async close() {
      closing.abort(new SquintError('CLOSED', `camera ${id} is closed`))
      state = 'closed'
      for (const leave of watchers.values()) leave()
      box.close()
      const waited = new AbortController()
      const late = sleep(closeMs, waited.signal).then(
        () => log.warn({ camera: id }, 'camera source did not settle'),
        () => {},
      )
      await Promise.race([running, late])
      waited.abort()
    },
  }
}
