import { jpegSplitter } from '../frame/jpeg-splitter.js'
import { yuvSplitter } from '../frame/yuv-splitter.js'
import { findTool, runChild } from '../lib/child.js'
import type { PictureSink, Source } from './camera.js'
import { toolFailure } from './tool-failure.js'

export interface LibcameraOptions {
  /** Which camera of the board, from 0. */
  readonly camera?: number
  /** `yuv420` comes straight from the ISP; `mjpeg` costs four threads of software encoding. */
  readonly codec?: 'yuv420' | 'mjpeg'
  /** Pixels, a multiple of 64 (else the rows are padded). */
  readonly width?: number
  /** Pixels, even. */
  readonly height?: number
  readonly fps?: number
  readonly hflip?: boolean
  readonly vflip?: boolean
  readonly rotation?: 0 | 180
  /** Bytes per row of luma where the board pads them all the same. */
  readonly stride?: number | undefined
  /** Where to look for rpicam-vid, in the form of PATH. */
  readonly path?: string
}

/** A CSI camera through rpicam-vid, or libcamera-vid on systems that know only the old name. */
export function libcameraSource(options: LibcameraOptions): Source {
  const { camera = 0, codec = 'yuv420', width = 1280, height = 720, fps = 15, path } = options
  const { stride = width } = options
  const args = [
    ...['-n', '-t', '0', '--camera', `${camera}`, '--codec', codec],
    ...['--width', `${width}`, '--height', `${height}`, '--framerate', `${fps}`],
    ...(codec === 'mjpeg' ? ['-q', '70'] : []),
    ...(options.hflip ? ['--hflip'] : []),
    ...(options.vflip ? ['--vflip'] : []),
    ...(options.rotation === 180 ? ['--rotation', '180'] : []),
    // Without --flush pictures wait in a buffer for their successors.
    ...['--flush', '-o', '-'],
  ]

  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    const splitter =
      codec === 'mjpeg' ? jpegSplitter({ lost: sink.lost }) : yuvSplitter({ width, height, stride })
    const old = await findTool('libcamera-vid', path)
    const tool = (await findTool('rpicam-vid', path)) ?? old ?? 'rpicam-vid'
    const end = await runChild({
      tool,
      debian: 'rpicam-apps',
      args,
      signal,
      async onStdout(chunk) {
        splitter.push(chunk).forEach(sink.put)
      },
    })
    throw toolFailure('rpicam-vid', end)
  }

  return { kind: 'libcamera', label: `CSI camera ${camera}`, run }
}
