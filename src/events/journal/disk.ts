import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder, writeAtomically } from '../../lib/atomic-file.js'

/** A file that only grows. */
export interface AppendFile {
  /** Which file it is, whatever lies at its path by now. */
  readonly identity: string
  /** Brings bytes to the disk: when it settles, they outlast a power cut. */
  append(bytes: Uint8Array): Promise<void>
  /** Throws away what lies behind so many bytes. */
  cut(bytes: number): Promise<void>
  close(): Promise<void>
}

/** Everything that the journal does with files. Its promises reject with what the file system says. */
export interface Disk {
  /** Makes a folder, and those above it. They are nobody else's: pictures of people lie in it. */
  makeFolder(path: string): Promise<void>
  names(folder: string): Promise<string[]>
  read(path: string): Promise<Uint8Array>
  /** Bytes of a file. */
  size(path: string): Promise<number>
  /** Which file lies at a path; undefined if none. */
  identity(path: string): Promise<string | undefined>
  /** A new file; rejects if there is one. */
  create(path: string): Promise<AppendFile>
  /** A whole file or none, instead of the one before. */
  write(path: string, bytes: Uint8Array): Promise<void>
  /** It does not matter whether there is one. */
  remove(path: string): Promise<void>
}

export const nodeDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  names: async folder => readdir(folder),
  // a link could lead out of the folder
  read: async path => readFile(path, { flag: constants.O_RDONLY | constants.O_NOFOLLOW }),
  size: async path => (await stat(path)).size,
  async identity(path) {
    return stat(path).then(identityOf, () => undefined)
  },
  async create(path) {
    const file = await open(path, 'ax', 0o600)
    return appendFile(file, dirname(path), identityOf(await file.stat()))
  },
  write: writeAtomically,
  async remove(path) {
    await rm(path, { force: true })
  },
}

function appendFile(file: FileHandle, folder: string, identity: string): AppendFile {
  let named = false
  return {
    identity,
    async append(bytes) {
      await file.appendFile(bytes)
      await file.datasync()
      // the name of a new file must reach the disk too
      if (!named) await syncFolder(folder)
      named = true
    },
    async cut(bytes) {
      await file.truncate(bytes)
    },
    close: async () => file.close(),
  }
}

function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`
}
