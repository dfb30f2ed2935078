import { PassThrough } from 'node:stream'
import { endOfSequence, type FlvTag, flvHeader, stamp } from '../frame/flv.js'
import type { YuvPicture } from '../frame/frame.js'
import { y4mSplitter } from '../frame/yuv-splitter.js'
import { runChild } from '../lib/child.js'
import { type Lifetime, openLifetime } from '../lib/lifetime.js'
import type { Decoder } from './thin.js'
import { toolFailure } from './tool-failure.js'

export interface DecoderOptions {
  /** The ffmpeg to run: FLV in, Y4M out, as `decoderArgs` says. */
  readonly tool: string
  readonly args: readonly string[]
  readonly onPicture: (picture: YuvPicture) => void
  /** A decoder broke, or ended although its input had not. */
  readonly onFailed: (error: unknown) => void
  /** Ends it at once. */
  readonly signal: AbortSignal
}

export interface FfmpegDecoder extends Decoder {
  /** What each new decoder is told first. */
  parameters(tag: FlvTag): void
  /** Whether a key frame was flushed and no picture has come since. */
  readonly owes: boolean
  /** Lets everything that was given be decoded, and waits until nothing runs any more. */
  close(): Promise<void>
}

/** Decodes H.264 in a child, and in a new one whenever it is renewed: a decoder that had pictures between key frames cannot be flushed without losing the next key frame. */
export function ffmpegDecoder(options: DecoderOptions): FfmpegDecoder {
  const { tool, args, onPicture, onFailed, signal } = options
  const running = new Set<Promise<void>>()
  let current: Lifetime | undefined
  let input = new PassThrough()
  let known: FlvTag | undefined
  let owes = false

  function renew(): void {
    current?.abort()
    const over = openLifetime(signal)
    const stdin = new PassThrough()
    const splitter = y4mSplitter()
    current = over
    input = stdin
    owes = false
    stdin.write(flvHeader)
    if (known) stdin.write(known.data)

    async function run(): Promise<void> {
      const end = await runChild({
        tool,
        debian: 'ffmpeg',
        args,
        stdin,
        signal: over.signal,
        async onStdout(chunk) {
          for (const picture of splitter.push(chunk)) {
            // What was decoded before a rest is older than it looks.
            if (over.signal.aborted) return
            owes = false
            onPicture(picture)
          }
        },
      })
      if (end.code !== 0 || !stdin.writableEnded) throw toolFailure('ffmpeg', end)
    }

    const life = run()
      .catch(error => {
        if (current === over) onFailed(error)
      })
      .finally(() => {
        over.end()
        running.delete(life)
      })
    running.add(life)
  }

  return {
    renew,
    parameters(tag) {
      known = tag
      input.write(tag.data)
    },
    decode(unit, shown) {
      stamp(unit, shown)
      input.write(unit.data)
    },
    flush(key) {
      owes = true
      input.write(endOfSequence(key))
    },
    get waiting() {
      return input.writableLength + input.readableLength
    },
    get owes() {
      return owes
    },
    async close() {
      input.end()
      await Promise.all(running)
    },
  }
}
