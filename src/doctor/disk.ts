import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { packageRoot } from '../lib/package.js'
import type { Finding, Surroundings } from './finding.js'

/** Bytes; below it logs, updates and stills begin to fail. */
const ENOUGH = 200e6

/** Free space at the package, and where stills are kept for a moment if there are any. */
export async function checkDisk(
  { configuration }: Surroundings,
  freeBytes = freeAt,
): Promise<Finding[]> {
  const { cameras } = configuration.config
  const stills = cameras.some(camera => camera.type === 'libcamera' && camera.mode === 'stills')
  const folders = [packageRoot, ...(stills ? [tmpdir()] : [])]
  const spaces = await Promise.all(
    folders.map(async folder => ({ folder, freeBytes: await freeBytes(folder) })),
  )
  const base = {
    subject: 'disk',
    essential: false,
    found: spaces
      .map(({ folder, freeBytes }) => `${gigabytes(freeBytes)} free at ${folder}`)
      .join(', '),
    details: spaces,
  }
  if (spaces.every(({ freeBytes }) => freeBytes >= ENOUGH)) return [{ ...base, state: 'well' }]
  return [{ ...base, state: 'notice', mend: 'sudo apt clean && sudo journalctl --vacuum-size=50M' }]
}

/** What those may write who are not root. */
async function freeAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
