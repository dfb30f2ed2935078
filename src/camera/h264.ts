import { flvSplitter } from '../frame/flv-splitter.js'
import { type ChildEnd, runChild } from '../lib/child.js'
import type { PictureSink } from './camera.js'
import { ffmpegDecoder } from './decoder.js'
import { limiter } from './pace.js'
import { type Thinner, thinner } from './thin.js'

export interface H264Options {
  /** The ffmpeg to run. */
  readonly tool: string
  /** Its arguments to read the input and write it as FLV, and to decode FLV to Y4M. */
  readonly demuxArgs: readonly string[]
  readonly decoderArgs: readonly string[]
  /** At most this many pictures per second. */
  readonly fps: number | undefined
}

export interface H264Reader {
  /** Reads the input until it ends, as a `Source` does; gives how the reading child ended. */
  run(sink: PictureSink, signal: AbortSignal): Promise<ChildEnd>
  rest(quiet: boolean): void
  readonly resting: boolean
}

/**
 * Reads H.264 with one child and decodes with another, so that what lies between cannot cost the decoder anything: while the scene is
 * quiet it gets key frames only, and each gives its picture at once.
 *
 * When the scene is not quiet any more, pictures come at full rate again at once, beginning with the one of the newest access unit,
 * or, where the decoder lagged so far behind that access units were dropped, with the next key frame. So within one key-frame interval.
 */
export function h264Reader(options: H264Options): H264Reader {
  const { tool, demuxArgs, decoderArgs, fps } = options
  let quiet = false
  let thin: Thinner | undefined

  return {
    async run(sink, signal) {
      const broken = new AbortController()
      const life = AbortSignal.any([signal, broken.signal])
      const splitter = flvSplitter()
      const decoder = ffmpegDecoder({
        tool,
        args: decoderArgs,
        onPicture: sink.put,
        onFailed: error => broken.abort(error),
        signal: life,
      })
      const due = fps === undefined ? () => true : limiter(fps)
      const units = thinner({ decoder, due, lost: sink.lost, quiet })
      thin = units
      const reading = runChild({
        tool,
        debian: 'ffmpeg',
        args: demuxArgs,
        signal: life,
        async onStdout(chunk) {
          for (const tag of splitter.push(chunk)) {
            if (tag.kind === 'parameters') decoder.parameters(tag)
            else units.push(tag)
            if (units.resting && !decoder.owes) sink.alive()
          }
        },
      })
      const end = await reading.finally(() => {
        thin = undefined
        return decoder.close()
      })
      life.throwIfAborted()
      return end
    },
    rest(now) {
      quiet = now
      thin?.rest(now)
    },
    get resting() {
      return thin?.resting ?? false
    },
  }
}
