import type { Context } from 'hono'
import type { Camera } from '../../camera/camera.js'
import { monotonicMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import type { Services } from './services.js'

/** Each viewer holds a socket and up to two frames; browsers say nothing when they fall behind. */
const MAX_VIEWERS = 16
const BOUNDARY = 'squint-frame'
/** A stream whose camera was removed is ended within. */
const CHECK_MS = 2000
/** Frames come a little early or late; without some room every second one would be missed at the camera's own rate. */
const EARLY = 0.9

export interface StreamOptions {
  readonly boxes: boolean
  /** Most pictures per second; left out: all. */
  readonly fps?: number | undefined
}

/** Answers a request with live video as multipart JPEG. Throws BUSY. */
export type StreamMjpeg = (context: Context, camera: Camera, options: StreamOptions) => Response

/** Viewers of MJPEG: who is slow misses frames, and nobody else does. */
export function createMjpeg(services: Pick<Services, 'live' | 'boxed' | 'cameras'>): StreamMjpeg {
  const { live, boxed, cameras } = services
  let viewers = 0
  return ({ req }, camera, { boxes, fps }) => {
    if (viewers >= MAX_VIEWERS) {
      throw new SquintError(
        'BUSY',
        `viewers: expected at most ${MAX_VIEWERS}, found as many already`,
      )
    }
    const headers = {
      'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'Cache-Control': 'no-store',
    }
    // nobody would ever end the stream of a body that is thrown away
    if (req.method === 'HEAD') return new Response(null, { headers })
    const ended = new AbortController()
    const until = AbortSignal.any([req.raw.signal, ended.signal])
    const pauseMs = fps === undefined ? 0 : (EARLY * 1000) / fps
    viewers++
    until.addEventListener('abort', () => viewers--, { once: true })
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          let lastAt = Number.NEGATIVE_INFINITY
          const viewer = {
            wants: () => Number(controller.desiredSize) > 0 && monotonicMs() - lastAt >= pauseMs,
            put({ jpeg }: { jpeg: Uint8Array }) {
              lastAt = monotonicMs()
              controller.enqueue(part(jpeg))
            },
          }
          ;(boxes ? boxed : live).watch(camera, viewer, until)
          // who comes back finds the one that was added again, or hears that there is none
          const timer = setInterval(() => {
            if (cameras.get(camera.id) === camera) return
            ended.abort()
            controller.close()
          }, CHECK_MS)
          until.addEventListener('abort', () => clearInterval(timer), { once: true })
        },
        cancel() {
          ended.abort()
        },
      },
      { highWaterMark: 1 },
    )
    return new Response(body, { headers })
  }
}

function part(jpeg: Uint8Array): Uint8Array {
  const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])
}
