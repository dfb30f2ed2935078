import { jpegSplitter } from '../frame/jpeg-splitter.js'
import { y4mSplitter } from '../frame/yuv-splitter.js'
import { type ChildEnd, runChild } from '../lib/child.js'
import type { PictureSink, Source } from './camera.js'
import { decoderArgs, demuxArgs, ffmpegArgs, H264_FILTER, isCopied } from './ffmpeg-args.js'
import { parseInput } from './ffmpeg-input.js'
import { h264Reader } from './h264.js'
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
  /** `auto`: H.264 of RTSP cameras and of files in real time is decoded only at key frames while the scene is quiet (see `Camera.rest`). */
  readonly keyFrames?: 'auto' | 'off'
  /** The ffmpeg to run: a name on PATH or an absolute path. */
  readonly tool?: string
}

/** USB and network cameras and video files through ffmpeg: JPEGs are passed on as they are, anything else comes as raw YUV, so that no JPEG exists until somebody watches. Throws CONFIG_INVALID for an input of another shape. */
export function ffmpegSource(options: FfmpegOptions): Source {
  const { fps, realtime = true, loop = false, keyFrames = 'auto', tool = 'ffmpeg' } = options
  const { width = 1280, height = 720, deviceFormat = 'mjpeg' } = options
  const input = parseInput(options.input)
  const settings = { width, height, fps, deviceFormat, realtime, loop }
  const copy = isCopied(input, settings)
  const args = ffmpegArgs(input, settings)
  const isFile = input.kind === 'file'
  const taken = isFile && !realtime
  // Nothing drops pictures inside ffmpeg when they are only copied.
  const limited = copy && !isFile && fps !== undefined
  const reader = h264Reader({
    tool,
    demuxArgs: demuxArgs(input, { ...settings, loop: false }),
    decoderArgs: decoderArgs(settings),
    fps,
  })
  /** Whether it may be H.264 of the kinds that can rest. */
  let sparing = keyFrames === 'auto' && !copy && !taken && input.kind !== 'device'

  async function readAll(sink: PictureSink, signal: AbortSignal): Promise<ChildEnd> {
    const splitter = copy ? jpegSplitter({ lost: sink.lost }) : y4mSplitter()
    const due = limited ? limiter(fps) : () => true
    return runChild({
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
  }

  async function read(sink: PictureSink, signal: AbortSignal): Promise<ChildEnd> {
    if (sparing) {
      let end: ChildEnd
      // -stream_loop fails behind a bitstream filter ("a packet sent after an EOF").
      do end = await reader.run(sink, signal)
      while (isFile && loop && end.code === 0)
      // The filter that complains is ours: that there is no H.264 is known for good, and the camera is opened once more only now.
      sparing = end.code === 0 || !end.stderr.some(line => line.includes(H264_FILTER))
      if (sparing) return end
    }
    return readAll(sink, signal)
  }

  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    const end = await read(sink, signal)
    if (isFile && !loop && end.code === 0) return
    throw toolFailure('ffmpeg', end)
  }

  return {
    kind: 'ffmpeg',
    label: input.label,
    run,
    rest: reader.rest,
    get resting() {
      return reader.resting
    },
  }
}
