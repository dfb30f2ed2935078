import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type YuvPicture, yuvBytes } from '../frame/frame.js'
import type { PictureSink, Source } from './camera.js'
import { pacer } from './pace.js'

/** Decodes a picture file to YUV, scaled to `width` pixels. */
export type Decode = (file: string, width: number, signal: AbortSignal) => Promise<YuvPicture>

export interface DemoOptions {
  readonly decode: Decode
  readonly fps?: number
  /** Pixels, even. */
  readonly width?: number
  readonly height?: number
  /** Milliseconds that the view stands still before and after each glide, and that the glide takes. */
  readonly holdMs?: number
  readonly glideMs?: number
  /** The photos to show, in turn. Each must be at least as high as the view when it is a quarter wider than the view. */
  readonly photos?: readonly string[]
}

/** A camera for a machine without one: a view that stands still, glides over a real photo, stands still, and cuts to the next. Nothing is added to the pictures: while the view stands, every byte stays the same. */
export function demoSource(options: DemoOptions): Source {
  const { decode, fps = 10, width = 1280, height = 720, holdMs = 4000, glideMs = 6000 } = options
  const { photos = samplePhotos() } = options
  const frames = Math.round(((2 * holdMs + glideMs) * fps) / 1000)

  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    const beat = pacer(fps, signal)
    for (let visit = 0; !signal.aborted; visit += 1) {
      const photo = await decode(photos[visit % photos.length]!, even(width * 1.25), signal)
      for (let frame = 0; frame < frames && !signal.aborted; frame += 1) {
        const along = ease(((frame / fps) * 1000 - holdMs) / glideMs)
        // To and fro in turn, and a little down; further down the photos lose their heads.
        const x = even((photo.width - width) * (visit % 2 === 0 ? along : 1 - along))
        const y = even((photo.height - height) * (0.05 + 0.15 * along))
        await beat()
        sink.put(crop(photo, { x, y, width, height }))
      }
    }
  }

  return { kind: 'demo', label: 'demo photos', run }
}

/** The photos that @vladmandic/face-api ships (MIT). */
export function samplePhotos(): string[] {
  const home = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'))
  return [1, 2, 3, 4, 5, 6].map(number => join(home, 'demo', `sample${number}.jpg`))
}

/** Smoothstep from 0 to 1; anything outside stays at the ends. */
function ease(at: number): number {
  const inside = Math.min(1, Math.max(0, at))
  return inside * inside * (3 - 2 * inside)
}

function even(value: number): number {
  return 2 * Math.round(value / 2)
}

/** A part of a picture; all of `view` is even. */
function crop(
  picture: YuvPicture,
  view: { x: number; y: number; width: number; height: number },
): YuvPicture {
  const { x, y, width, height } = view
  const data = Buffer.allocUnsafeSlow(yuvBytes(width, height))
  const luma = picture.width * picture.height
  let to = 0
  const copyPlane = (start: number, shrink: 1 | 2) => {
    const stride = picture.width / shrink
    const bytes = width / shrink
    for (let row = 0; row < height / shrink; row += 1, to += bytes) {
      const from = start + (y / shrink + row) * stride + x / shrink
      data.set(picture.data.subarray(from, from + bytes), to)
    }
  }
  copyPlane(0, 1)
  copyPlane(luma, 2)
  copyPlane(luma * 1.25, 2)
  return { format: 'yuv420', width, height, data }
}
