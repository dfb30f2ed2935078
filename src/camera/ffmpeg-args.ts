import type { FfmpegInput } from './ffmpeg-input.js'

/** What the command lines depend on; see `FfmpegOptions`. */
export interface FfmpegSettings {
  readonly width: number
  readonly height: number
  readonly fps: number | undefined
  readonly deviceFormat: 'mjpeg' | 'raw'
  readonly realtime: boolean
  readonly loop: boolean
}

/** Refuses what is not H.264 and gives the rest one form: parameter sets before key frames, and lengths of four bytes. */
export const H264_FILTER = 'h264_mp4toannexb'

/** Quiet but for errors, and never reading keys. */
const PLAIN = ['-hide_banner', '-nostdin', '-loglevel', 'error']
const TO_PIPE = ['-flush_packets', '1', 'pipe:1']

/** Whether the input is JPEGs already, so that they are only copied. */
export function isCopied(input: FfmpegInput, settings: FfmpegSettings): boolean {
  return input.mjpeg && !(input.kind === 'device' && settings.deviceFormat === 'raw')
}

/** One ffmpeg from the input to JPEGs or raw pictures. One element of the input never becomes two of argv, here and below. */
export function ffmpegArgs(input: FfmpegInput, settings: FfmpegSettings): string[] {
  const limit = settings.fps === undefined ? [] : [`fps=${settings.fps}`]
  return [
    ...openArgs(input, settings),
    ...(isCopied(input, settings)
      ? ['-c:v', 'copy', '-f', 'mjpeg', ...TO_PIPE]
      : rawArgs(limit, settings)),
  ]
}

/** One ffmpeg from the input to its H.264 as it is, in FLV, which keeps access units apart and carries their times. */
export function demuxArgs(input: FfmpegInput, settings: FfmpegSettings): string[] {
  return [
    // Without nobuffer: it would throw the first key frame away, and the next one can be ten seconds off.
    ...openArgs(input, settings, []),
    ...['-c:v', 'copy', '-bsf:v', H264_FILTER],
    ...['-f', 'flv', '-flvflags', 'no_duration_filesize', ...TO_PIPE],
  ]
}

/** One ffmpeg from H.264 in FLV on stdin to raw pictures, each as soon as it can be: nothing is probed, and no thread holds a picture back. */
export function decoderArgs(settings: FfmpegSettings): string[] {
  // At an odd millisecond (see `stamp`) a picture was only decoded for the sake of others. -copyts: times must not be shifted.
  const shown = `select='not(mod(round(t*1000),2))'`
  return [
    ...[...PLAIN, '-protocol_whitelist', 'pipe', '-copyts', '-probesize', '32'],
    ...['-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1', '-f', 'flv'],
    ...['-i', 'pipe:0', ...rawArgs([shown], settings)],
  ]
}

function openArgs(
  input: FfmpegInput,
  settings: FfmpegSettings,
  buffering: readonly string[] = ['-fflags', 'nobuffer'],
): string[] {
  const { width, height, fps, deviceFormat, realtime, loop } = settings
  const rate = fps === undefined ? [] : ['-framerate', `${fps}`]
  const open = {
    device: [
      ...['-f', 'v4l2', '-video_size', `${width}x${height}`, ...rate],
      ...(deviceFormat === 'mjpeg' ? ['-input_format', 'mjpeg'] : []),
    ],
    // No -timeout: before ffmpeg 5 (JetPack 6 has 4.4) it made the client a server. The stall watchdog does its work.
    rtsp: ['-rtsp_transport', 'tcp', ...buffering, '-flags', 'low_delay'],
    http: buffering,
    file: [
      ...(loop ? ['-stream_loop', '-1'] : []),
      ...(realtime ? ['-re'] : []),
      ...(isCopied(input, settings) ? ['-f', 'mjpeg', ...rate] : []),
    ],
  }[input.kind]
  const { protocols, target } = input
  const opened = ['-protocol_whitelist', protocols, ...open, '-i', target]
  return [...PLAIN, ...opened, '-an', '-sn', '-dn']
}

/** Raw pictures as they come: without -vsync ffmpeg fills gaps with copies. (-fps_mode is unknown before 5.1.) */
function rawArgs(filters: readonly string[], { width }: FfmpegSettings): string[] {
  // full range and BT.601, as in JPEGs and from rpicam: everything after this line knows but one kind of YUV
  const colours = 'out_range=full:out_color_matrix=bt601'
  const scale = `scale=w='trunc(min(${width},iw)/2)*2':h=-2:flags=bilinear:${colours}`
  return [
    ...['-vf', [...filters, scale].join(','), '-vsync', 'passthrough'],
    ...['-pix_fmt', 'yuv420p', '-f', 'yuv4mpegpipe', ...TO_PIPE],
  ]
}
