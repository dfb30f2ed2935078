import type { Context } from 'hono'
import type { Camera } from '../../camera/camera.js'
import { jpegSize } from '../../frame/jpeg-header.js'
import { isoTime } from '../../lib/clock.js'
import type { LiveFrame } from '../live.js'
import { isKnown } from './etag.js'
import type { Services } from './services.js'

export interface StillOptions {
  readonly boxes: boolean
  /** Pixels that the picture must fit into; never enlarged. */
  readonly width?: number | undefined
  readonly height?: number | undefined
}

/** The newest picture of a camera as a JPEG; nothing but 304 if the client has it. Rejects with NO_FRAME or BUSY. */
export async function stillResponse(
  context: Context,
  { live, boxed, annotate }: Pick<Services, 'live' | 'boxed' | 'annotate'>,
  camera: Camera,
  options: StillOptions,
): Promise<Response> {
  const frame = await (options.boxes ? boxed : live).still(camera)
  const width = widthOf(frame.jpeg, options)
  const headers = {
    ETag: tagOf(frame, width),
    'Cache-Control': 'no-cache',
    'X-Frame-Id': String(frame.id),
    'X-Capture-Time': isoTime(frame.capturedWallMs),
  }
  if (isKnown(context, headers.ETag)) return context.body(null, 304, headers)
  const jpeg = width === undefined ? frame.jpeg : await annotate(frame.jpeg, [], width)
  return context.body(Buffer.from(jpeg), 200, { ...headers, 'Content-Type': 'image/jpeg' })
}

/** The width that keeps the picture within both limits; undefined if it is as it should be. */
function widthOf(jpeg: Uint8Array, { width, height }: StillOptions): number | undefined {
  const size = jpegSize(jpeg)
  if (size === undefined) return undefined
  const limits = [size.width, width ?? Number.POSITIVE_INFINITY]
  if (height !== undefined) limits.push(Math.round((height * size.width) / size.height))
  const fitting = Math.min(...limits)
  return fitting < size.width ? fitting : undefined
}

/** Frame ids start anew with the service, times do not. */
function tagOf({ id, capturedWallMs, boxesOf }: LiveFrame, width: number | undefined): string {
  return `"${capturedWallMs}-${id}-${boxesOf ?? 'plain'}-${width ?? 'whole'}"`
}
