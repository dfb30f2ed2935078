import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jpeg } from 'node-libcamera'
import { z } from 'zod'
import type { JpegPicture } from '../frame/frame.js'
import { jpegSplitter } from '../frame/jpeg-splitter.js'
import { findTool } from '../lib/child.js'
import { messageOf, SquintError } from '../lib/errors.js'

/** All that may reach the command line: numbers in range and switches. node-libcamera 1.0.6 joins its options into one shell string. */
export const stillSchema = z.strictObject({
  camera: z.int().min(0).max(7).default(0),
  width: z.int().min(64).max(9152).optional(),
  height: z.int().min(64).max(6944).optional(),
  quality: z.int().min(1).max(100).default(90),
  hflip: z.boolean().default(false),
  vflip: z.boolean().default(false),
  rotation: z.literal([0, 180]).default(0),
  /** Milliseconds for the whole picture, opening the camera included. */
  timeoutMs: z.int().min(100).max(60_000).default(10_000),
})

export interface StillOptions {
  readonly settings: z.input<typeof stillSchema>
  /** Where to look for the tools, in the form of PATH. */
  readonly path?: string
  /** Where the private folder of each picture is made. */
  readonly dir?: string
}

/** One still picture from a CSI camera. Rejects with CONFIG_INVALID, TOOL_MISSING, or CAMERA_FAILED (also after `timeoutMs`). */
export async function takeStill(options: StillOptions): Promise<JpegPicture> {
  const { path = process.env.PATH ?? '', dir = tmpdir() } = options
  const parsed = stillSchema.safeParse(options.settings)
  if (!parsed.success) throw invalid(`still settings: ${z.prettifyError(parsed.error)}`)
  // There node-libcamera gives the command back instead of running it.
  if (process.env.NODE_ENV === 'test') throw invalid('NODE_ENV: expected not "test" for stills')
  const old = await findTool('libcamera-jpeg', path)
  const tool = (await findTool('rpicam-jpeg', path)) ?? old
  if (!tool) {
    const message = 'rpicam-jpeg could not be found: expected it on PATH, package rpicam-apps'
    throw new SquintError('TOOL_MISSING', message)
  }
  const home = await mkdtemp(join(dir, 'squint-still-'))
  try {
    if (!/^[\w/.-]+ [\w/.-]+$/.test(`${home} ${tool}`)) {
      throw invalid(`paths: expected letters, digits and _ - . / only, found ${home} and ${tool}`)
    }
    return await takeInto(home, tool, parsed.data, path)
  } finally {
    await rm(home, { recursive: true })
  }
}

async function takeInto(
  home: string,
  tool: string,
  settings: z.output<typeof stillSchema>,
  path: string,
): Promise<JpegPicture> {
  const { timeoutMs, ...rest } = settings
  const output = join(home, 'still.jpg')
  // node-libcamera knows only the name libcamera-jpeg, which new systems lack, and cannot stop what it started: this does both.
  const shim = `#!/bin/sh\nexec timeout -s KILL ${timeoutMs / 1000} ${tool} "$@"\n`
  await writeFile(join(home, 'libcamera-jpeg'), shim, { mode: 0o700 })
  // What is false or missing must not be passed at all: `hflip: undefined` would turn it on.
  const chosen = Object.entries(rest).filter(([, value]) => value !== false && value !== undefined)
  const args = { nopreview: true, timeout: 1, ...Object.fromEntries(chosen), output }
  await withPath(`${home}:${path}`, () => jpeg(args)).catch(cause => {
    const words = messageOf(cause).trim().split('\n').at(-1)
    throw new SquintError('CAMERA_FAILED', `no still within ${timeoutMs} ms: ${words}`, { cause })
  })
  const lost: string[] = []
  const bytes = await readFile(output).catch(() => Buffer.alloc(0))
  const splitter = jpegSplitter({ lost: reason => lost.push(reason), maxBytes: 64 * 1024 * 1024 })
  const [picture] = splitter.push(bytes)
  if (picture) return picture
  const message = `still: expected one whole JPEG, found ${bytes.length} bytes (${lost})`
  throw new SquintError('CAMERA_FAILED', message)
}

/** node-libcamera reads PATH from the process while it is being called, so nothing else ever sees the change. */
function withPath<T>(path: string, call: () => T): T {
  const before = process.env.PATH ?? ''
  process.env.PATH = path
  try {
    return call()
  } finally {
    process.env.PATH = before
  }
}

function invalid(message: string): SquintError {
  return new SquintError('CONFIG_INVALID', message)
}
