import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a whole file or nothing, also if power is cut at any moment: a neighbour is written, brought to the disk, and renamed. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const next = `${path}.new`
  try {
    await write(next, content)
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
  // the new name must reach the disk too
  await syncFolder(dirname(path))
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o644)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Brings the names in a folder to the disk: those of new files are not there before. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
