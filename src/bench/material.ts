import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { PictureSink, Source } from '../camera/camera.js'
import { ffmpegSource } from '../camera/ffmpeg.js'
import { replaySource } from '../camera/replay.js'
import type { EncodedPicture, Picture } from '../frame/frame.js'
import { mailbox } from '../frame/mailbox.js'
import { runChild } from '../lib/child.js'
import { messageOf, SquintError } from '../lib/errors.js'

/** Frames per second of an .mjpeg file, which has no times; ffmpeg plays it at this rate. */
const MJPEG_FPS = 25

/** A recording, whose frames follow each other in time. */
export interface Clip {
  readonly kind: 'clip'
  readonly path: string
  readonly fps: number
  /** All its frames, once, each when it is asked for. Rejects with CAMERA_FAILED; whoever stops asking closes what was opened. */
  frames(): AsyncGenerator<Picture>
}

/** Pictures that have nothing to do with each other. */
export interface Album {
  readonly kind: 'album'
  readonly path: string
  /** File names, sorted. */
  readonly files: readonly string[]
  read(file: string): Promise<EncodedPicture>
}

/** A folder of pictures is an album; a file is a clip. Rejects with NOT_FOUND. @param fps of a clip, if it does not say itself */
export async function openMaterial(given: string, fps?: number): Promise<Clip | Album> {
  const path = resolve(given)
  const found = await stat(path).catch((error: unknown) => {
    throw new SquintError('NOT_FOUND', `${path}: expected a clip or a folder, ${messageOf(error)}`)
  })
  if (found.isDirectory()) return openAlbum(path)
  const mjpeg = /^\.mjpe?g$/i.test(extname(path))
  const source = (): Source =>
    mjpeg
      ? replaySource({ path, pace: 'taken' })
      : ffmpegSource({ input: path, realtime: false, width: 8192 })
  return {
    kind: 'clip',
    path,
    fps: fps ?? (mjpeg ? MJPEG_FPS : await rateOf(path)),
    frames: () => pull(source()),
  }
}

async function openAlbum(path: string): Promise<Album> {
  const files = (await readdir(path)).filter(name => /\.(jpe?g|png|webp)$/i.test(name)).sort()
  if (files.length === 0) {
    throw new SquintError('NOT_FOUND', `${path}: expected JPEG, PNG or WebP pictures, found none`)
  }
  const read = async (file: string): Promise<EncodedPicture> => ({
    format: 'encoded',
    data: await readFile(join(path, file)),
  })
  return { kind: 'album', path, files, read }
}

const ignore = () => {}

/** A source's pictures one by one; it waits while none is asked for. */
async function* pull(source: Source): AsyncGenerator<Picture> {
  const box = mailbox<Picture>()
  const sink: PictureSink = { put: box.put, taken: box.taken, lost: ignore, alive: ignore }
  const stopping = new AbortController()
  const running = source.run(sink, stopping.signal).finally(box.close)
  // a failure is told at the end, once all that came has been given
  const ended = running.catch(ignore)
  let frames = 0
  try {
    for (let next = await box.take(); next !== undefined; next = await box.take()) {
      frames++
      yield next
    }
    await running
    if (frames > 0) return
    throw new SquintError('CAMERA_FAILED', `${source.label}: expected frames, found none`)
  } finally {
    // ffmpeg would wait for ever for somebody who has stopped asking
    stopping.abort()
    await ended
  }
}

/** Frames per second of a video file, as ffprobe reads them. Rejects with CAMERA_FAILED. */
async function rateOf(path: string): Promise<number> {
  let text = ''
  await runChild({
    tool: 'ffprobe',
    debian: 'ffmpeg',
    args: [
      ...['-v', 'error', '-protocol_whitelist', 'file', '-select_streams', 'v:0'],
      ...['-show_entries', 'stream=avg_frame_rate', '-of', 'csv=p=0', `file:${path}`],
    ],
    signal: new AbortController().signal,
    async onStdout(chunk) {
      text += Buffer.from(chunk).toString()
    },
  })
  // "30000/1001"; a transport stream says it twice, a still picture says "0/0"
  const [, frames, seconds] = /^(\d+)\/(\d+)/.exec(text) ?? []
  const rate = Number(frames) / Number(seconds)
  if (rate > 0) return rate
  throw new SquintError('CAMERA_FAILED', `${path}: expected a video with a frame rate, found none`)
}
