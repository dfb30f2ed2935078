import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findTool, runChild } from '../lib/child.js'
import { type CameraConfig, cameraSchema } from './config.js'

export interface FindOptions {
  readonly signal: AbortSignal
  /** Where to look for rpicam-vid, in the form of PATH. */
  readonly path?: string
  /** Folder of the stable names of USB cameras. */
  readonly byId?: string
  /** Milliseconds that listing the CSI cameras may take. */
  readonly timeoutMs?: number
}

/** What is plugged in, CSI cameras first, then USB; the demo if nothing is. Never rejects: where nothing can be asked, nothing is found. */
export async function findCameras(options: FindOptions): Promise<CameraConfig[]> {
  const { byId = '/dev/v4l/by-id' } = options
  const names = await readdir(byId).catch(() => [])
  // Index 0 takes pictures, the others are metadata.
  const usb = names.filter(name => /^[\w:.-]+-video-index0$/.test(name)).sort()
  const found = [
    ...(await csiCameras(options)).map(camera => ({
      type: 'libcamera',
      id: `csi-${camera}`,
      camera,
    })),
    ...usb.map((name, at) => ({
      type: 'ffmpeg',
      id: `usb-${at}`,
      input: join('/dev/v4l/by-id', name),
    })),
  ]
  const chosen = found.length > 0 ? found : [{ type: 'demo', id: 'demo' }]
  return chosen.map(config => cameraSchema.parse(config))
}

async function csiCameras(options: FindOptions): Promise<number[]> {
  const { signal, path, timeoutMs = 5000 } = options
  const tool = await findTool('rpicam-vid', path)
  if (!tool) return []
  const chunks: Uint8Array[] = []
  await runChild({
    tool,
    debian: 'rpicam-apps',
    args: ['--list-cameras'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    async onStdout(chunk) {
      // More than a screenful is not a list of cameras.
      if (chunks.length < 16) chunks.push(chunk)
    },
  }).catch(() => {})
  const lines = Buffer.concat(chunks)
    .toString('utf8')
    .matchAll(/^([0-7]) : /gm)
  return Array.from(lines, ([, index]) => Number(index))
}
