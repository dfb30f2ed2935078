import type { Camera } from '../../camera/camera.js'
import { SquintError } from '../../lib/errors.js'
import type { Live } from '../live.js'

/** Each viewer holds a socket and up to two frames; browsers say nothing when they fall behind. */
const MAX_VIEWERS = 16
const BOUNDARY = 'squint-frame'

/** Live video as multipart JPEG; a viewer that is slow misses frames, and nobody else does. Throws BUSY. */
export function mjpegResponse(live: Live, camera: Camera, signal: AbortSignal): Response {
  if (live.status().viewers >= MAX_VIEWERS) {
    throw new SquintError('BUSY', `viewers: expected at most ${MAX_VIEWERS}, found as many already`)
  }
  const ended = new AbortController()
  const until = AbortSignal.any([signal, ended.signal])
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const viewer = {
          wants: () => Number(controller.desiredSize) > 0,
          put: ({ jpeg }: { jpeg: Uint8Array }) => controller.enqueue(part(jpeg)),
        }
        live.watch(camera, viewer, until)
      },
      cancel() {
        ended.abort()
      },
    },
    { highWaterMark: 1 },
  )
  return new Response(body, {
    headers: {
      'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'Cache-Control': 'no-store',
    },
  })
}

function part(jpeg: Uint8Array): Uint8Array {
  const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')])
}
