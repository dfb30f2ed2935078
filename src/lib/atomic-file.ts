import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a whole file or nothing, also if power is cut at any moment: a neighbour is written, brought to the disk, and renamed. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const next = `${path}.new`
  try {
    await write(next, text)
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
  // the new name must reach the disk too
  await sync(dirname(path))
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o644)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
