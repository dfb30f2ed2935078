import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { JpegPicture } from '../frame/frame.js'
import { type JpegSplitter, jpegSplitter } from '../frame/jpeg-splitter.js'
import { SquintError } from '../lib/errors.js'
import type { PictureSink, Source } from './camera.js'
import { pacer } from './pace.js'

/** A photograph of a telephone, not only a frame of a camera, fits. */
const MAX_BYTES = 32 << 20

export interface ReplayOptions {
  /** A folder of .jpg/.jpeg pictures, shown in natural order (2 before 10), or a file of JPEGs one after the other. */
  readonly path: string
  /** `fps`: at a steady rate, the newest wins; `taken`: as fast as pictures are taken, none is dropped. */
  readonly pace?: 'fps' | 'taken'
  readonly fps?: number
  readonly loop?: boolean
}

/** Recorded pictures instead of a camera; needs no tool. */
export function replaySource(options: ReplayOptions): Source {
  const { path, pace = 'fps', fps = 10, loop = false } = options

  async function run(sink: PictureSink, signal: AbortSignal): Promise<void> {
    const beat = pacer(fps, signal)
    const read = await reader(path)
    let shown: number
    do {
      shown = 0
      const splitter = jpegSplitter({ lost: sink.lost, maxBytes: MAX_BYTES })
      for await (const picture of read(splitter, signal)) {
        sink.put(picture)
        shown += 1
        await (pace === 'taken' ? sink.taken(signal) : beat())
      }
      // Else a folder that was emptied would spin.
    } while (loop && shown > 0)
    if (shown === 0) throw failed(path, 'a whole JPEG', 'none')
  }

  return { kind: 'replay', label: path, run }
}

type Read = (splitter: JpegSplitter, signal: AbortSignal) => AsyncGenerator<JpegPicture>

async function reader(path: string): Promise<Read> {
  const found = await stat(path).catch(cause => {
    throw failed(path, 'a folder or a file', 'nothing that can be opened', cause)
  })
  return (splitter, signal) =>
    found.isDirectory() ? readFolder(path, splitter, signal) : readStream(path, splitter, signal)
}

async function* readFolder(path: string, splitter: JpegSplitter, signal: AbortSignal) {
  const names = (await readdir(path)).filter(name => /\.jpe?g$/i.test(name))
  for (const name of names.sort(new Intl.Collator('en', { numeric: true }).compare)) {
    yield* splitter.push(await readFile(join(path, name), { signal }))
  }
}

async function* readStream(path: string, splitter: JpegSplitter, signal: AbortSignal) {
  for await (const chunk of createReadStream(path, { signal })) yield* splitter.push(chunk)
}

function failed(path: string, expected: string, found: string, cause?: unknown): SquintError {
  const message = `replay path ${path}: expected ${expected}, found ${found}`
  return new SquintError('CAMERA_FAILED', message, { cause })
}
