import { jpegSplitter } from '../frame/jpeg-splitter.js'
import { y4mSplitter } from '../frame/yuv-splitter.js'
import { runChild } from '../lib/child.js'
import type { PictureSink, Source } from './camera.js'
import { type FfmpegInput, parseInput } from './ffmpeg-input.js'
import { limiter } from './pace.js'
import { toolFailure } from './tool-failure.js'

export interface FfmpegOptions {
  /** `/dev/video*`, `/dev/v4l/by-*`, `rtsp(s)://`, `http(s)://` (MJPEG) or a file. */
  readonly input: string
  /** Pixels, even: raw pictures are scaled down to this width, never up. A device is asked for width x height. */
  readonly width?: number
  readonly height?: number
  /** At most this many pictures per second; without it all that come. An .mjpeg file, which has no times, plays at this rate (25). */
  readonly fps?: number | undefined
  /** What a device is asked for: `mjpeg` costs nothing here, `raw` suits cameras without it. */
  readonly deviceFormat?: 'mjpeg' | 'raw'
  /** Files: play at their own speed; false: as fast as pictures are taken, and none is dropped. */
  readonly realtime?: boolean
  /** Files: begin again at the end, for ever. */
  readonly loop?: boolean
  /** The ffmpeg to run: a name on PATH or an absolute path. */
  readonly tool?: string
}

/** USB and network cameras and video files through ffmpeg: JPEGs are passed on as they are, anything else comes as raw YUV, so that no JPEG exists until somebody watches. Throws CONFIG_INVALID for an input of another shape. */
export function ffmpegSource(options: FfmpegOptions): Source {
  const { fps, realtime = true, loop = false, tool = 'ffmpeg' } = options
  const input = parseInput(options.input)
  const copy = isCopied(input, options)
  const args = ffmpegArgs(input, options)
  const isFile = input.kind === 'file'
  const taken = isFile && !realtime
  // Nothing drops pictures inside ffmpeg when they are only copied.
  const limited = copy && !isFile && fps !== undefined

  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    const splitter = copy ? jpegSplitter({ lost: sink.lost }) : y4mSplitter()
    const due = limited ? limiter(fps) : () => true
    const end = await runChild({
      tool,
      debian: 'ffmpeg',
      args,
      signal,
      async onStdout(chunk) {
        for (const picture of splitter.push(chunk).filter(due)) {
          sink.put(picture)
          if (taken) await sink.taken(signal)
        }
      },
    })
    if (isFile && !loop && end.code === 0) return
    throw toolFailure('ffmpeg', end)
  }

  return { kind: 'ffmpeg', label: input.label, run }
}

function isCopied(input: FfmpegInput, options: FfmpegOptions): boolean {
  return input.mjpeg && !(input.kind === 'device' && options.deviceFormat === 'raw')
}

/** The whole command line. One element of the input never becomes two of argv. */
function ffmpegArgs(input: FfmpegInput, options: FfmpegOptions): string[] {
  const { fps, realtime = true, loop = false } = options
  const { width = 1280, height = 720, deviceFormat = 'mjpeg' } = options
  const rate = fps === undefined ? [] : ['-framerate', `${fps}`]
  const copy = isCopied(input, options)
  const open = {
    device: [
      ...['-f', 'v4l2', '-video_size', `${width}x${height}`, ...rate],
      ...(deviceFormat === 'mjpeg' ? ['-input_format', 'mjpeg'] : []),
    ],
    // No -timeout: before ffmpeg 5 (JetPack 6 has 4.4) it made the client a server. The stall watchdog does its work.
    rtsp: ['-rtsp_transport', 'tcp', '-fflags', 'nobuffer', '-flags', 'low_delay'],
    http: ['-fflags', 'nobuffer'],
    file: [
      ...(loop ? ['-stream_loop', '-1'] : []),
      ...(realtime ? ['-re'] : []),
      ...(copy ? ['-f', 'mjpeg', ...rate] : []),
    ],
  }[input.kind]
  // full range and BT.601, as in JPEGs and from rpicam: everything after this line knows but one kind of YUV
  const colours = 'out_range=full:out_color_matrix=bt601'
  const scale = `scale=w='trunc(min(${width},iw)/2)*2':h=-2:flags=bilinear:${colours}`
  const filter = fps === undefined ? scale : `fps=${fps},${scale}`
  return [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...['-protocol_whitelist', input.protocols, ...open, '-i', input.target],
    ...['-an', '-sn', '-dn'],
    ...(copy
      ? ['-c:v', 'copy', '-f', 'mjpeg']
      : // Pictures as they come: without it ffmpeg fills gaps with copies. (-fps_mode is unknown before 5.1.)
        ['-vf', filter, '-vsync', 'passthrough', '-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe']),
    ...['-flush_packets', '1', 'pipe:1'],
  ]
}
