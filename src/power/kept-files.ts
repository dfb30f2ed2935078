import { fstatSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Small files that stay open between readings: that takes a sixth of the processor time of opening them each time. */
export interface KeptFiles {
  /**
   * What they say, in their order, without blanks around it; undefined for those that cannot be read. A file that could not be
   * opened, or whose device is gone, stays so even if another device takes its path. Never rejects; not called again before
   * it settles.
   */
  read(): Promise<(string | undefined)[]>
  /** Closes them at once, or as soon as the hardware lets go of the one that is being read. */
  close(): void
}

/** More than any sensor says. */
const LONGEST_BYTES = 1024

export function keepFiles(paths: readonly string[]): KeptFiles {
  const handles = new Map<string, Promise<FileHandle>>()
  const buffer = Buffer.alloc(LONGEST_BYTES)
  let closed = false

  /** Rejects if the file cannot be read. */
  async function text(path: string): Promise<string | undefined> {
    const opening = handles.get(path) ?? open(path)
    handles.set(path, opening)
    const handle = await opening
    // the kernel's own files fail once their device is gone; others, which are deleted, do not
    if (fstatSync(handle.fd).nlink === 0) return undefined
    const { bytesRead } = await handle.read(buffer, 0, LONGEST_BYTES, 0)
    return plain(buffer.toString('latin1', 0, bytesRead))
  }

  return {
    async read() {
      const texts: (string | undefined)[] = []
      // one after the other: a bus that hangs holds one thread of the pool and not all of them
      for (const path of paths) {
        texts.push(closed ? undefined : await text(path).catch(() => undefined))
      }
      return texts
    },
    close() {
      closed = true
      for (const opening of handles.values()) {
        void opening.then(handle => handle.close()).catch(() => {})
      }
    },
  }
}

/** Without the blanks around it and the NULs that end the device tree's strings. */
export function plain(content: string): string {
  return content.replaceAll('\0', ' ').trim()
}
