import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CameraConfig } from '../camera/config.js'
import { parseInput } from '../camera/ffmpeg-input.js'
import { findCameras } from '../camera/find.js'
import { findTool } from '../lib/child.js'
import type { Finding, Surroundings } from './finding.js'

/** Which cameras are plugged in, and whether those of the configuration are there. Nothing is sent over the network. */
export async function checkCameras(surroundings: Surroundings): Promise<Finding[]> {
  const { sysfs, path, signal, configuration } = surroundings
  const { cameras } = configuration.config
  const byId = join(sysfs.root, 'dev/v4l/by-id')
  const all = await findCameras({ signal, path, byId })
  const plugged = all.filter(({ type }) => type !== 'demo')
  const asked = (await findTool('rpicam-vid', path)) !== undefined
  const base = {
    subject: 'cameras',
    essential: false,
    details: {
      plugged: plugged.map(sourceOf),
      configured: cameras.map(camera => ({ id: camera.id, source: sourceOf(camera) })),
    },
  }
  if (cameras.length > 0) {
    const absent: Finding[] = []
    for (const camera of cameras) {
      // without the tool nobody knows, and its own line says so
      if (camera.type === 'libcamera' && !asked) continue
      if (await isThere(camera, plugged, sysfs.root)) continue
      const found = `${camera.id}: ${sourceOf(camera)} is not there`
      const mend = 'Plug it in, or correct the configuration.'
      absent.push({ ...base, state: 'notice', found, mend })
    }
    const found = `configured: ${cameras.map(({ id }) => id).join(', ')}`
    return absent.length > 0 ? absent : [{ ...base, state: 'well', found }]
  }
  if (plugged.length > 0) {
    const found = `plugged in: ${plugged.map(sourceOf).join(', ')}`
    return [{ ...base, state: 'well', found }]
  }
  const mend = 'Plug one in, or name one as docs/configuration.md says.'
  return [{ ...base, state: 'notice', found: 'none plugged in: a demo will be shown', mend }]
}

/** What a camera is read from, without secrets. */
function sourceOf(camera: CameraConfig): string {
  if (camera.type === 'libcamera') return `CSI camera ${camera.camera}`
  if (camera.type === 'ffmpeg') return parseInput(camera.input).label
  return camera.type === 'replay' ? resolve(camera.path) : 'the demo'
}

/** Whether a camera can be opened, as far as that can be seen from here. */
async function isThere(
  camera: CameraConfig,
  plugged: readonly CameraConfig[],
  root: string,
): Promise<boolean> {
  if (camera.type === 'demo') return true
  const source = sourceOf(camera)
  if (camera.type === 'libcamera') return plugged.some(other => sourceOf(other) === source)
  if (!source.startsWith('/')) return true
  return access(join(root, source)).then(
    () => true,
    () => false,
  )
}
